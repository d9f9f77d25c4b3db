// Package firefox opens pages in the user's own Firefox, to be compared with what another browser makes of them. It speaks
// WebDriver BiDi with one process, whose every connection goes through the campaign's proxy, and which has a profile of its
// own in a folder that goes when it ends.
package firefox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrNone says that this machine has no Firefox.
var ErrNone = errors.New("no Firefox was found")

// names are what Firefox is called, the most likely first.
var names = []string{"firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox", `C:\Program Files\Mozilla Firefox\firefox.exe`}

// Find returns the path of the first Firefox that this machine has.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

const (
	startTime = time.Minute // until it listens
	closeTime = 5 * time.Second
)

// Browser is a running Firefox.
type Browser struct {
	command *exec.Cmd
	folder  string
	line    *line
	ended   chan struct{}
	looking sync.Mutex // one page at a time: it is compared, and nobody waits for it
	once    sync.Once
}

// Start starts the Firefox at a path behind a proxy (host:port). It ends with ctx or with Close.
func Start(ctx context.Context, path, proxy string) (*Browser, error) {
	folder, err := os.MkdirTemp("", "atelier-firefox-")
	if err != nil {
		return nil, err
	}
	b := &Browser{folder: folder, ended: make(chan struct{})}
	if err := b.begin(ctx, path, proxy); err != nil {
		b.Close()
		return nil, fmt.Errorf("the browser %s does not start: %w", path, err)
	}
	return b, nil
}

func (b *Browser) begin(ctx context.Context, path, proxy string) error {
	settings, err := profile(proxy)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.folder, "user.js"), []byte(settings), 0o600); err != nil {
		return err
	}
	b.command = exec.CommandContext(ctx, path, "--headless", "--no-remote", "--new-instance", "--profile", b.folder, "--remote-debugging-port", "0", "about:blank") //nolint:gosec // the user's browser
	b.command.Env = append(b.command.Environ(), "HOME="+b.folder, "MOZ_CRASHREPORTER_DISABLE=1", "MOZ_HEADLESS_WIDTH=1280", "MOZ_HEADLESS_HEIGHT=800")
	b.command.WaitDelay = closeTime
	said, err := b.command.StderrPipe()
	if err != nil {
		return err
	}
	if err := b.command.Start(); err != nil {
		b.command = nil
		return err
	}
	listens := make(chan string, 1)
	go func() {
		defer close(b.ended)
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			if found := listening.FindStringSubmatch(lines.Text()); found != nil {
				select {
				case listens <- found[1]:
				default:
				}
			}
		}
		_ = b.command.Wait() //nolint:errcheck // how it ended says nothing more
	}()
	timer := time.NewTimer(startTime)
	defer timer.Stop()
	select {
	case address := <-listens:
		b.line, err = dial(ctx, address)
		return err
	case <-b.ended:
		return errors.New("it ended at once")
	case <-timer.C:
		return fmt.Errorf("it did not listen within %s", startTime)
	case <-ctx.Done():
		return ctx.Err()
	}
}

var listening = regexp.MustCompile(`WebDriver BiDi listening on (ws://127\.0\.0\.1:\d+)`)

// profile are the settings of a profile that connects to nobody but through the proxy, and asks for nothing by itself.
func profile(proxy string) (string, error) {
	host, port, ok := strings.Cut(proxy, ":")
	number, err := strconv.Atoi(port)
	if !ok || err != nil {
		return "", fmt.Errorf("%q is no address of a proxy", proxy)
	}
	var b strings.Builder
	set := func(name string, value any) {
		if text, ok := value.(string); ok {
			value = strconv.Quote(text)
		}
		fmt.Fprintf(&b, "user_pref(%q, %v);\n", name, value)
	}
	for _, kind := range []string{"http", "ssl"} {
		set("network.proxy."+kind, host)
		set("network.proxy."+kind+"_port", number)
	}
	set("network.proxy.type", 1)
	set("network.proxy.no_proxies_on", "")
	set("network.proxy.allow_hijacking_localhost", true)
	set("network.proxy.failover_direct", false)
	for _, off := range []string{
		"network.captive-portal-service.enabled", "network.connectivity-service.enabled", "network.http.http3.enable", "media.peerconnection.enabled", "network.dns.disablePrefetch.never",
		"app.update.auto", "app.normandy.enabled", "browser.safebrowsing.malware.enabled", "browser.safebrowsing.phishing.enabled", "browser.safebrowsing.downloads.enabled",
		"datareporting.policy.dataSubmissionEnabled", "toolkit.telemetry.unified", "toolkit.telemetry.enabled", "browser.shell.checkDefaultBrowser", "extensions.update.enabled",
		"browser.newtabpage.enabled", "browser.region.update.enabled", "dom.push.connection.enabled", "geo.enabled", "dom.webnotifications.enabled", "network.predictor.enabled",
	} {
		set(off, false)
	}
	set("network.dns.disablePrefetch", true)
	set("browser.startup.page", 0)
	set("browser.aboutwelcome.enabled", false)
	set("services.settings.server", "data:,#remote-settings-dummy/v1")
	set("browser.download.forbid_open_with", true)
	set("dom.popup_maximum", 0)
	set("remote.active-protocols", 1)
	return b.String(), nil
}

// Close ends the browser and removes what it kept.
func (b *Browser) Close() {
	b.once.Do(func() {
		if b.line != nil {
			ctx, cancel := context.WithTimeout(context.Background(), closeTime)
			_ = b.line.call(ctx, "browser.close", map[string]any{}, nil) //nolint:errcheck // it is ended in any case
			cancel()
			b.line.close()
		}
		if b.command != nil {
			select {
			case <-b.ended:
			case <-time.After(closeTime):
				_ = b.command.Process.Kill() //nolint:errcheck // it has ended already
				<-b.ended
			}
		}
		_ = os.RemoveAll(b.folder) //nolint:errcheck // nothing follows from it
	})
}
