package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Download does something by which one file comes down, and returns what is in it once all
// of it has come.
func (p *Page) Download(act func()) []byte {
	p.t.Helper()
	dir := p.t.TempDir()
	call(p, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	})
	act()
	var file []byte
	p.until("wait for a file", func(context.Context) error {
		all, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		if len(all) != 1 || strings.HasSuffix(all[0].Name(), ".crdownload") {
			return errNotYet
		}
		file, err = os.ReadFile(filepath.Join(dir, all[0].Name()))
		return err
	})
	return file
}
