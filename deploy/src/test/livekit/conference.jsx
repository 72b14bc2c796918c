// The conference of @livekit/components-react as its manual shows it: window.conference(url, token).
import '@livekit/components-styles';
import { LiveKitRoom, VideoConference } from '@livekit/components-react';
import { createRoot } from 'react-dom/client';

window.conference = (serverUrl, token) => {
  document.body.style.margin = '0';
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <LiveKitRoom serverUrl={serverUrl} token={token} video audio data-lk-theme="default" style={{ height: '100vh' }}>
      <VideoConference />
    </LiveKitRoom>,
  );
};
