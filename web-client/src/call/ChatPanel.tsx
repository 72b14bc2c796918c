import { useEffect, useRef, useState } from 'react';
import { sizeText } from '../pure/names';
import { RoundButton } from '../ui/controls';
import { useLanguage, useWords } from '../words/language';
import type { ChatLine } from './chat';
import { FileCard } from './FileCard';
import { MAX_CHAT_CHARS, MAX_FILE_BYTES } from './messages';
import { PanelFrame } from './PanelFrame';
import { PhotoCard } from './photos';
import { useCall } from './useCall';

export function ChatPanel({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const call = useCall();
  const [problem, setProblem] = useState('');
  const end = useRef<HTMLLIElement>(null);
  const { lines } = call.talk.chat;
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [lines]);
  const offer = (files: Iterable<File>) => {
    setProblem('');
    for (const file of files) {
      if (file.size > MAX_FILE_BYTES) setProblem(words.fileTooBig(sizeText(MAX_FILE_BYTES)));
      else call.talk.offer(file);
    }
  };
  return (
    <PanelFrame title={words.chat} onClose={onClose} className="chat">
      <div
        className="chat-scroll"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          offer(event.dataTransfer.files);
        }}
      >
        {call.state.keepChat && <p className="hint chat-kept">{words.chatIsKept}</p>}
        {lines.length === 0 && <p className="hint">{words.noMessages}</p>}
        <ol aria-live="polite" aria-relevant="additions">
          {lines.map((line) => (
            <Line key={line.who + line.id} line={line} />
          ))}
          <li ref={end} aria-hidden="true" className="chat-end" />
        </ol>
      </div>
      {problem && (
        <p className="hint error" role="alert">
          {problem}
        </p>
      )}
      <Composer onFiles={offer} />
    </PanelFrame>
  );
}

function Line({ line }: { line: ChatLine }) {
  const { words, language } = useLanguage();
  const time = new Date(line.at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  return (
    <li className={line.mine ? 'mine' : ''}>
      <span className="chat-who">
        <bdi>{line.mine ? words.you : line.name}</bdi> <time>{time}</time>
      </span>
      {line.text !== undefined && <p dir="auto">{line.text}</p>}
      {line.file && <FileCard file={line.file} mine={line.mine} />}
      {line.photo && <PhotoCard photoId={line.photo} by={line.mine ? words.you : line.name} />}
    </li>
  );
}

function Composer({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const words = useWords();
  const call = useCall();
  const [text, setText] = useState('');
  const picker = useRef<HTMLInputElement>(null);
  const send = () => {
    const said = text.trim();
    if (said === '') return;
    call.talk.say(said);
    setText('');
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={words.sendFile}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <RoundButton
        icon="clip"
        label={words.sendFile}
        className="small"
        onClick={() => picker.current?.click()}
      />
      <textarea
        aria-label={words.message}
        placeholder={words.message}
        rows={1}
        value={text}
        maxLength={MAX_CHAT_CHARS}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          // Enter ends the choice of a syllable in Korean first.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <RoundButton
        icon="send"
        label={words.send}
        className="small"
        disabled={text.trim() === ''}
        onClick={send}
      />
    </form>
  );
}
