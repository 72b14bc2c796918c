// Files that are dragged onto the page.

/** Calls onFiles with the files that are dropped anywhere, while isWanted() says so; marks the body meanwhile. */
export function onDrop(isWanted, onFiles) {
    const mark = (isOn) => document.body.classList.toggle("drops", isOn);
    const carriesFiles = ({dataTransfer}) => dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
        if (carriesFiles(event)) {
            // Otherwise the browser would open the file, and leave the call for it.
            event.preventDefault();
            event.dataTransfer.dropEffect = isWanted() ? "copy" : "none";
            mark(isWanted());
        }
    });
    // Without a place to go to it has left the window.
    addEventListener("dragleave", ({relatedTarget}) => relatedTarget ?? mark(false));
    addEventListener("drop", (event) => {
        mark(false);
        if (carriesFiles(event)) {
            event.preventDefault();
            if (isWanted()) {
                onFiles([...event.dataTransfer.files]);
            }
        }
    });
}
