// Rings on the page that administrators leave open, when a way to the telephone network
// does not work, and shows what it is until it works again. Without it the page says so
// whenever it is loaded.
{
  const box = document.getElementById("bell")
  const told = document.getElementById("disturbed")
  const title = document.title
  const names = () => [...told.children].map((p) => p.dataset.trunk)
  let context, again

  const tone = (at, pitch, lasts, loud) => {
    const from = context.currentTime + at
    const wave = context.createOscillator()
    const gain = context.createGain()
    wave.frequency.value = pitch
    gain.gain.setValueAtTime(0, from)
    gain.gain.linearRampToValueAtTime(loud, from + 0.04)
    gain.gain.setTargetAtTime(0, from + lasts * 0.55, lasts * 0.2)
    wave.connect(gain).connect(context.destination)
    wave.start(from)
    wave.stop(from + lasts + 0.3)
  }
  // Two warm tones, three times, each louder: as at the desk.
  const ring = async () => {
    context ??= new AudioContext()
    await context.resume()
    for (const turn of [0, 1, 2]) {
      tone(turn * 2.6, 440, 0.5, 0.1 + 0.08 * turn)
      tone(turn * 2.6 + 0.42, 554.37, 0.7, 0.1 + 0.08 * turn)
    }
  }
  // Whoever has touched the page has seen it.
  const seen = () => {
    clearInterval(again)
    document.title = title
  }
  for (const what of ["pointerdown", "keydown"]) addEventListener(what, seen)

  const show = (all) => {
    const before = names()
    told.replaceChildren(...all.map(({ trunk, text }) => {
      const p = document.createElement("p")
      p.className = "told wrong"
      p.dataset.trunk = trunk
      p.textContent = text
      return p
    }))
    seen()
    if (all.every(({ trunk }) => before.includes(trunk))) return
    document.title = box.dataset.title
    ring()
    again = setInterval(ring, 60000)
  }
  const listen = () => new Promise(() => {
    new EventSource(box.dataset.from).onmessage = (e) => show(JSON.parse(e.data))
  })
  box.hidden = false
  box.querySelector("button").onclick = ring
  // Of several open pages one listens: a browser has few connections.
  if (navigator.locks) navigator.locks.request("bell", listen)
  else listen()
}
