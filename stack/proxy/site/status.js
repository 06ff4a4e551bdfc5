// Shows what the API says of itself, every five seconds.
const summary = document.getElementById("summary");
const parts = document.getElementById("parts");

function shown(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function rows(status) {
  return Object.entries(status).flatMap(([name, value]) => {
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    detail.textContent = shown(value);
    return [term, detail];
  });
}

async function refresh() {
  try {
    const response = await fetch("/health/ready", { signal: AbortSignal.timeout(4000) });
    parts.replaceChildren(...rows(await response.json()));
    summary.textContent = response.ok ? "Everything is up." : "Something is down.";
  } catch {
    parts.replaceChildren();
    summary.textContent = "The API does not answer.";
  }
}

async function link() {
  const response = await fetch("/links.json");
  const links = Object.entries(await response.json()).map(([name, address]) => {
    const anchor = document.createElement("a");
    anchor.textContent = name;
    anchor.href = address;
    return anchor;
  });
  document.getElementById("links").replaceChildren(...links);
}

link();
refresh();
setInterval(refresh, 5000);
