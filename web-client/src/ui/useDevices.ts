import { useEffect, useState } from 'react';

/** The devices of this machine; `refresh` changes when their names may have become readable. */
export function useDevices(refresh: unknown): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media?.enumerateDevices) return;
    let over = false;
    const read = () =>
      media.enumerateDevices().then(
        (found) => !over && setDevices(found),
        () => {},
      );
    void read();
    media.addEventListener('devicechange', read);
    return () => {
      over = true;
      media.removeEventListener('devicechange', read);
    };
  }, [refresh]);
  return devices;
}
