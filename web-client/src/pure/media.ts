export type DeviceTrouble = 'denied' | 'none' | 'busy' | 'insecure';

/** Why a device could not be opened, by the error of getUserMedia (W3C Media Capture 10.2). */
export function deviceTrouble(error: unknown): DeviceTrouble {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return 'none';
    case 'TypeError':
      return 'insecure';
    default:
      return 'busy';
  }
}
