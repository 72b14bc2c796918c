let onlineAt = -Infinity;
window.addEventListener('online', () => (onlineAt = performance.now()));

/** How long ago the network came back; infinite if it was not away. */
export function backForMillis(): number {
  return performance.now() - onlineAt;
}

/** Tells when the network comes or goes and when devices are plugged in or out, until what it returns is called. */
export function watchEnvironment(onNetwork: () => void, onDevices: () => void): () => void {
  window.addEventListener('online', onNetwork);
  window.addEventListener('offline', onNetwork);
  navigator.mediaDevices?.addEventListener('devicechange', onDevices);
  return () => {
    window.removeEventListener('online', onNetwork);
    window.removeEventListener('offline', onNetwork);
    navigator.mediaDevices?.removeEventListener('devicechange', onDevices);
  };
}

/** A pause that can be cut short. */
export class Pause {
  private end: () => void = () => {};

  wait(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  cut(): void {
    this.end();
  }
}

/** The media server is the page's own: whatever proxy leads to the page leads there too. */
export function ownServer(): string {
  return location.origin.replace(/^http/, 'ws');
}
