// Records a prompt with the browser's microphone and puts it into the form as a WAV
// file, to be heard and sent like any other file. Without it a file is chosen. The same
// file is what the page runs and what listens to the sound.
if (typeof registerProcessor === "function") {
  registerProcessor("record", class extends AudioWorkletProcessor {
    process([input]) {
      if (input[0]) this.port.postMessage(input[0].slice())
      return true
    }
  })
} else {
  const box = document.getElementById("record")
  const [start, stop] = box.querySelectorAll("button")
  const heard = box.querySelector("audio")
  const clock = box.querySelector("code")
  const file = document.getElementById("f-sound")
  const most = Number(box.dataset.seconds)
  const say = (key) => { box.querySelector("[role=status]").textContent = box.dataset[key] || "" }
  let end
  let busy = false // a microphone is asked for, or open

  const wav = (parts, rate) => {
    const n = parts.reduce((sum, p) => sum + p.length, 0)
    const v = new DataView(new ArrayBuffer(44 + 2 * n))
    const text = (at, s) => [...s].forEach((c, i) => v.setUint8(at + i, c.charCodeAt(0)))
    text(0, "RIFF"); v.setUint32(4, 36 + 2 * n, true); text(8, "WAVEfmt ")
    v.setUint32(16, 16, true); v.setUint16(20, 1, true); v.setUint16(22, 1, true)
    v.setUint32(24, rate, true); v.setUint32(28, 2 * rate, true); v.setUint16(32, 2, true); v.setUint16(34, 16, true)
    text(36, "data"); v.setUint32(40, 2 * n, true)
    let at = 44
    for (const p of parts) for (const s of p) { v.setInt16(at, Math.max(-1, Math.min(1, s)) * 32767, true); at += 2 }
    return new Blob([v], { type: "audio/wav" })
  }

  // Who has gone on to another field is not called back.
  const hand = (from, to) => {
    const here = document.activeElement === from || document.activeElement === document.body
    to.hidden = false
    if (here) to.focus()
    from.hidden = true
  }

  start.onclick = async () => {
    if (busy) return
    busy = true
    let stream, context
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
      context = new AudioContext()
      await context.audioWorklet.addModule(box.dataset.script)
    } catch {
      stream?.getTracks().forEach((t) => t.stop())
      context?.close()
      busy = false
      say("none")
      return
    }
    const node = new AudioWorkletNode(context, "record")
    const parts = []
    let taken = 0
    node.port.onmessage = (e) => {
      if (taken + e.data.length > most * context.sampleRate) return // longer is not taken
      parts.push(e.data)
      taken += e.data.length
      clock.textContent = "0:" + String(Math.floor(taken / context.sampleRate)).padStart(2, "0")
    }
    context.createMediaStreamSource(stream).connect(node)
    hand(start, stop)
    say("on")
    const late = setTimeout(() => end(), most * 1000)
    end = async () => {
      clearTimeout(late)
      stream.getTracks().forEach((t) => t.stop())
      await context.close()
      const made = wav(parts, context.sampleRate)
      const into = new DataTransfer()
      into.items.add(new File([made], "prompt.wav", { type: "audio/wav" }))
      file.files = into.files
      heard.src = URL.createObjectURL(made)
      heard.hidden = false
      hand(stop, start)
      busy = false
      say("done")
    }
  }
  stop.onclick = () => end()
  if (navigator.mediaDevices && window.AudioWorkletNode) box.hidden = false
}
