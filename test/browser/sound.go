package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ears is told to a page before it connects: it keeps what each connection of the page
// receives where the test can measure it, beside the page's own listening.
const ears = `(() => {
	const Real = window.RTCPeerConnection, context = new AudioContext();
	let ear = null;
	window.RTCPeerConnection = class extends Real {
		constructor(...args) {
			super(...args);
			this.addEventListener('track', (e) => {
				ear = context.createAnalyser();
				ear.fftSize = 16384;
				context.createMediaStreamSource(new MediaStream([e.track])).connect(ear);
			});
		}
	};
	window.levelsOf = (all) => {
		if (!ear) return all.map(() => -160);
		void context.resume();
		const f = new Float32Array(ear.fftSize);
		ear.getFloatTimeDomainData(f);
		return all.map((hz) => {
			if (!hz) return Math.max(-160, 10 * Math.log10(2 * f.reduce((sum, v) => sum + v * v, 0) / f.length));
			const turn = 2 * Math.cos(2 * Math.PI * hz / context.sampleRate);
			let a = 0, b = 0;
			for (const v of f) [a, b] = [v + turn * a - b, a];
			const peak = Math.sqrt(Math.max(0, a * a + b * b - turn * a * b)) / (f.length / 2);
			return Math.max(-160, 20 * Math.log10(peak));
		});
	};
})()`

// Listen has the test hear what the page will be sent over WebRTC. It is called when the
// page stands and has not connected yet.
func (p *Page) Listen() { p.t.Helper(); p.Inside(ears) }

// WaitSound waits until the page is sent anything that is at least so loud.
func (p *Page) WaitSound(dB float64) { p.t.Helper(); p.WaitTone(0, dB) }

// Level is how loud a tone is in the last third of a second of what the page is sent, in
// dB of full scale; 0 Hz stands for all of it together.
func (p *Page) Level(hz float64) (dB float64) {
	p.t.Helper()
	p.until("measure a tone", func(ctx context.Context) (err error) { dB, err = p.level(ctx, hz); return err })
	return dB
}

func (p *Page) level(ctx context.Context, hz float64) (float64, error) {
	yes := true
	r, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf("levelsOf([%g])", hz), ReturnByValue: &yes})
	if err != nil {
		return 0, err
	}
	if r.ExceptionDetails != nil {
		return 0, errors.New(r.ExceptionDetails.Text)
	}
	var all []float64
	if err := json.Unmarshal(r.Result.Value, &all); err != nil || len(all) != 1 {
		return 0, fmt.Errorf("levels: %w", errors.Join(err, errNotYet))
	}
	return all[0], nil
}

// WaitTone waits until a tone is at least so loud in what the page is sent; WaitNoTone
// until it is less.
func (p *Page) WaitTone(hz, dB float64) {
	p.t.Helper()
	last := 0.0
	p.until(fmt.Sprintf("wait for a tone of %g Hz", hz), func(ctx context.Context) (err error) {
		if last, err = p.level(ctx, hz); err == nil && last < dB {
			err = fmt.Errorf("it is at %.1f dB: %w", last, errNotYet)
		}
		return err
	})
}

// WaitNoTone is the contrary of [Page.WaitTone].
func (p *Page) WaitNoTone(hz, dB float64) {
	p.t.Helper()
	p.until(fmt.Sprintf("wait until no tone of %g Hz is there", hz), func(ctx context.Context) error {
		last, err := p.level(ctx, hz)
		if err == nil && last >= dB {
			err = fmt.Errorf("it is at %.1f dB: %w", last, errNotYet)
		}
		return err
	})
}
