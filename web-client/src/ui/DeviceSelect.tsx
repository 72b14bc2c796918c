import { useWords } from '../words/language';

type Props = {
  label: string;
  kind: MediaDeviceKind;
  devices: readonly MediaDeviceInfo[];
  chosen: string;
  onChoose: (device: string) => void;
};

export function DeviceSelect({ label, kind, devices, chosen, onChoose }: Props) {
  const words = useWords();
  const fitting = devices.filter(
    (device) => device.kind === kind && device.deviceId && device.deviceId !== 'default',
  );
  const known = fitting.some((device) => device.deviceId === chosen);
  return (
    <label className="field">
      {label}
      <select value={known ? chosen : ''} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{fitting.length === 0 ? words.noDevice : words.systemDevice}</option>
        {fitting.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
