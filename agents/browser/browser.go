// Package browser drives the user's own Chromium or Chrome for a campaign: one process, whose every connection goes
// through the campaign's proxy, and in it tabs that share nothing (cookies, storage, cache), each with a log of what
// happened in it.
//
// A page is hostile: dialogs are answered at once, downloads and permissions denied, windows that it opens closed, and
// everything has a time after which it ends.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// ErrNone says that this machine has no browser that could be driven.
var ErrNone = errors.New("no Chromium or Chrome was found: install one, or name it with --browser or ATELIER_BROWSER")

// names are what browsers are called, the most likely first.
var names = []string{
	"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "chromium-headless-shell", "chrome-headless-shell", "microsoft-edge", "brave-browser",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	`C:\Program Files\Google\Chrome\Application\chrome.exe`,
	`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
	`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
}

// Find returns the path of a browser: the one that was named, or the first that this machine has. The error is ErrNone,
// or wraps fs.ErrNotExist when the named one is not there.
func Find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("there is no browser at %s: %w", named, fs.ErrNotExist)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Browser is a running browser.
type Browser struct {
	ctx    context.Context
	cancel context.CancelFunc
	stop   context.CancelFunc
	folder string
	slots  chan struct{}
	inside func(address string) bool
	admit  func(ctx context.Context, address string) (status int, why string)
	heir   heir

	once sync.Once
}

// Options are how a browser is started.
type Options struct {
	Path  string // from Find
	Proxy string // host:port; everything goes through it, loopback too
	Tabs  int    // at most so many at once; 0: Carried
	// Inside tells of an address whether it belongs to the target. The proxy decides; this is for the logs.
	Inside func(address string) bool
	// Admit is asked before a request with TLS is sent, which the proxy does not see: another status than 0 is answered in
	// place of the target. Nil: the target has none with TLS.
	Admit func(ctx context.Context, address string) (status int, why string)
}

// Start starts a browser that ends with ctx or with Close. When it ends by itself before, it is started again, once.
func Start(ctx context.Context, o Options) (*Browser, error) {
	if o.Tabs <= 0 {
		o.Tabs = Carried(o.Path)
	}
	folder, err := os.MkdirTemp("", "atelier-browser-")
	if err != nil {
		return nil, err
	}
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(o.Path), chromedp.UserDataDir(folder), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.IgnoreCertErrors, chromedp.WindowSize(1280, 800),
		chromedp.ProxyServer("http://" + o.Proxy), chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-default-apps", true), chromedp.Flag("disable-extensions", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-breakpad", true), chromedp.Flag("disable-client-side-phishing-detection", true), chromedp.Flag("metrics-recording-only", true),
		chromedp.Flag("deny-permission-prompts", true), chromedp.Flag("mute-audio", true), chromedp.Flag("hide-scrollbars", false),
		chromedp.Flag("disable-backgrounding-occluded-windows", true), chromedp.Flag("disable-renderer-backgrounding", true), chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"),
		// Names are resolved by the proxy, and QUIC and WebRTC would go around it.
		chromedp.Flag("disable-quic", true), chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		// Every window would come with two or three pages of the address bar's own, which cost more than the page that is tested.
		chromedp.Flag("disable-features", "WebUIOmniboxPopup,WebUIOmniboxAimPopup,Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,CertificateTransparencyComponentUpdater"),
		chromedp.WSURLReadTimeout(30 * time.Second),
	}
	if os.Geteuid() == 0 { // the sandbox refuses to start for root, as in most containers
		flags = append(flags, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, flags...)
	quiet := func(string, ...any) {}
	first, cancel := chromedp.NewContext(allocator, chromedp.WithLogf(quiet), chromedp.WithErrorf(quiet), chromedp.WithDebugf(nil))
	b := &Browser{
		ctx: first, cancel: cancel, stop: stop, folder: folder, slots: make(chan struct{}, o.Tabs), inside: o.Inside, admit: o.Admit, heir: heir{life: ctx, options: o},
	}
	if err := b.begin(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("the browser %s does not start: %w", o.Path, err)
	}
	return b, nil
}

// Carried is how many tabs of a browser at once this machine carries.
func Carried(path string) int {
	const least, most = 2, 16
	tabs := runtime.NumCPU()
	if strings.Contains(filepath.Base(path), "headless-shell") {
		tabs *= 2
	}
	return min(max(tabs, least), most)
}

// begin starts the process, and denies what pages could leave on this machine.
func (b *Browser) begin(ctx context.Context) error {
	timer := time.AfterFunc(40*time.Second, b.cancel)
	defer timer.Stop()
	if err := chromedp.Do(b.ctx); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	if _, err := chromedp.CallBrowser(b.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny}); err != nil {
		return err
	}
	return b.watch()
}

// Close ends the browser and removes what it kept.
func (b *Browser) Close() {
	b.once.Do(func() {
		b.heir.close()
		b.cancel()
		b.stop()
		timeout, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		done := make(chan struct{})
		go func() {
			if c := chromedp.FromContext(b.ctx); c != nil && c.Allocator != nil {
				c.Allocator.Wait()
			}
			close(done)
		}()
		select {
		case <-done:
		case <-timeout.Done():
		}
		os.RemoveAll(b.folder)
	})
}

// Gone tells whether the browser has ended, by itself or by Close.
func (b *Browser) Gone() bool {
	if b.ctx.Err() != nil {
		return true
	}
	c := chromedp.FromContext(b.ctx)
	if c == nil || c.Browser == nil {
		return true
	}
	select {
	case <-c.Browser.LostConnection:
		return true
	default:
		return false
	}
}
