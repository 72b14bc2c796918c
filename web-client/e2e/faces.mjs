// Cameras for the pictures of the manual: drawn people, whose pictures go through the server like any camera's.

export const FACES = {
  ada: { wall: ['#f3d9c1', '#d9a98a'], skin: '#f0c8a6', hair: '#4a2c20', clothes: '#1f7a74', style: 'bun' },
  grace: {
    wall: ['#c9d8e6', '#8ba6bf'],
    skin: '#efc7ab',
    hair: '#b9bcc2',
    clothes: '#27375e',
    style: 'short',
    glasses: true,
  },
  katherine: {
    wall: ['#dfe3c8', '#a6b184'],
    skin: '#8d5a3b',
    hair: '#211a1c',
    clothes: '#c8892b',
    style: 'curls',
    glasses: true,
  },
  alan: {
    wall: ['#d8d0e3', '#9f8fb5'],
    skin: '#ecc19c',
    hair: '#5b3a22',
    clothes: '#6b5a48',
    style: 'parting',
  },
};

/** In the page: every camera shows this face, 15 times a second in 960 by 540. */
export function drawnCamera(face) {
  if (!('MediaDevices' in window)) return;
  const width = 960;
  const height = 540;
  const { getUserMedia } = MediaDevices.prototype;

  function disc(context, x, y, radiusX, radiusY, colour) {
    context.fillStyle = colour;
    context.beginPath();
    context.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
    context.fill();
  }

  function room(context) {
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, face.wall[0]);
    wall.addColorStop(1, face.wall[1]);
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    context.fillStyle = 'rgb(255 255 255 / 35%)';
    context.fillRect(90, 60, 170, 210);
    context.fillStyle = face.wall[1];
    context.fillRect(171, 60, 8, 210);
    context.fillRect(90, 160, 170, 8);
    context.fillStyle = 'rgb(60 40 30 / 35%)';
    context.fillRect(700, 230, 200, 12);
    ['#b5533c', '#3c6e71', '#d9b44a', '#53456b', '#7a8b69'].forEach((colour, i) => {
      context.fillStyle = colour;
      context.fillRect(716 + 32 * i, 150 + 9 * (i % 3), 24, 80 - 9 * (i % 3));
    });
  }

  function hairBehind(context, x, y) {
    if (face.style === 'bun') disc(context, x, y - 130, 52, 46, face.hair);
    if (face.style === 'curls') {
      for (let i = 0; i < 15; i++) {
        const angle = Math.PI * (0.86 + (1.28 * i) / 14);
        disc(context, x + 118 * Math.cos(angle), y - 8 + 128 * Math.sin(angle), 48, 48, face.hair);
      }
    } else {
      disc(context, x, y - 18, 110, 122, face.hair);
    }
  }

  function hairBefore(context, x, y) {
    context.fillStyle = face.hair;
    context.beginPath();
    if (face.style === 'parting') {
      context.moveTo(x - 102, y - 20);
      context.quadraticCurveTo(x - 96, y - 140, x + 10, y - 138);
      context.quadraticCurveTo(x + 100, y - 130, x + 102, y - 20);
      context.quadraticCurveTo(x + 70, y - 66, x - 34, y - 84);
    } else {
      context.moveTo(x - 102, y - 6);
      context.quadraticCurveTo(x - 98, y - 138, x, y - 138);
      context.quadraticCurveTo(x + 98, y - 138, x + 102, y - 6);
      context.quadraticCurveTo(x + 82, y - 78, x, y - 82);
    }
    context.quadraticCurveTo(x - 82, y - 78, x - 102, y - 6);
    context.fill();
  }

  function eyes(context, x, y, isBlinking) {
    for (const side of [-1, 1]) {
      disc(context, x + side * 38, y, 9, isBlinking ? 1.5 : 10, '#2b2422');
      context.strokeStyle = face.hair;
      context.lineWidth = 6;
      context.beginPath();
      context.moveTo(x + side * 24, y - 26);
      context.quadraticCurveTo(x + side * 40, y - 34, x + side * 56, y - 25);
      context.stroke();
      if (face.glasses) {
        context.strokeStyle = '#2b2b33';
        context.lineWidth = 5;
        context.beginPath();
        context.ellipse(x + side * 39, y + 2, 29, 25, 0, 0, 2 * Math.PI);
        context.stroke();
      }
    }
    if (face.glasses) {
      context.beginPath();
      context.moveTo(x - 10, y);
      context.lineTo(x + 10, y);
      context.stroke();
    }
  }

  function draw(context, seconds) {
    const x = width / 2 + 8 * Math.sin(seconds * 0.9);
    const y = 236 + 4 * Math.sin(seconds * 1.7);
    room(context);
    hairBehind(context, x, y);
    disc(context, width / 2, 560, 236, 190, face.clothes);
    context.fillStyle = face.skin;
    context.fillRect(x - 38, y + 70, 76, 86);
    disc(context, width / 2, 392, 62, 30, face.skin);
    disc(context, x - 98, y + 10, 18, 26, face.skin);
    disc(context, x + 98, y + 10, 18, 26, face.skin);
    disc(context, x, y, 98, 122, face.skin);
    hairBefore(context, x, y);
    eyes(context, x, y + 4, seconds % 4 < 0.15);
    context.strokeStyle = 'rgb(90 40 30 / 55%)';
    context.lineWidth = 5;
    context.beginPath();
    context.moveTo(x - 6, y + 34);
    context.quadraticCurveTo(x, y + 40, x + 7, y + 34);
    context.stroke();
    context.strokeStyle = '#a33f3f';
    context.lineWidth = 7;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(x - 30, y + 62);
    context.quadraticCurveTo(x, y + 84 + 6 * Math.sin(seconds * 6), x + 30, y + 62);
    context.stroke();
  }

  MediaDevices.prototype.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(this, constraints);
    const [camera] = stream.getVideoTracks();
    if (!camera) return stream;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    const paint = () => draw(context, performance.now() / 1000);
    paint();
    setInterval(paint, 1000 / 15);
    const [drawn] = canvas.captureStream(15).getVideoTracks();
    drawn.getSettings = () => ({ ...camera.getSettings(), width, height });
    return new MediaStream([...stream.getAudioTracks(), drawn]);
  };
}
