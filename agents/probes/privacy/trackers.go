package privacy

import (
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
)

// trackers are sites whose business is to know who visits others.
var trackers = func() map[string]bool {
	m := map[string]bool{}
	for site := range strings.FieldsSeq(`google-analytics.com googletagmanager.com doubleclick.net googleadservices.com googlesyndication.com facebook.net facebook.com hotjar.com hotjar.io segment.com segment.io
		mixpanel.com amplitude.com clarity.ms bing.com tiktok.com linkedin.com licdn.com ads-twitter.com criteo.com criteo.net taboola.com outbrain.com matomo.cloud hubspot.com hs-analytics.net
		hs-scripts.com hsforms.net intercom.io fullstory.com nr-data.net adnxs.com quantserve.com scorecardresearch.com yandex.ru baidu.com pinimg.com pinterest.com snapchat.com sc-static.net
		crazyegg.com mouseflow.com heap.io heapanalytics.com optimizely.com kissmetrics.com adsrvr.org rubiconproject.com pubmatic.com openx.net amazon-adsystem.com rlcdn.com demdex.net omtrdc.net everesttech.net`) {
		m[site] = true
	}
	return m
}()

var (
	// knownNames are cookies and keys of storage that trackers are known by.
	knownNames = regexp.MustCompile(`^(?:_ga(?:_.*)?|_gid|_gat.*|_gcl_.*|__utm[a-z]+|_fbp|_fbc|fr|_hj.*|IDE|_pk_(?:id|ses|ref)\..*|_clck|_clsk|_uetsid|_uetvid|_ttp|_tt_enable_cookie|li_sugr|bcookie|lidc|ajs_(?:anonymous|user)_id|mp_.*_mixpanel|AMP_.*|amplitude_.*|hubspotutk|__hs(?:tc|sc|src)|intercom-id-.*|optimizelyEndUserId|_ym_(?:uid|d)|_pin_unauth|_scid|MUID|__qca|cto_bundle|_mkto_trk|s_vi|AMCV_.*|kndctr_.*|_fs_uid|fs_uid|mf_user|_ce\.s|_hp2_.*)$`)
	// trackingNames are what a site's own trackers are called; what they hold has to look like somebody's number.
	trackingNames = regexp.MustCompile(`(?i)track|analytic|visitor|visit[-_]?id|advert|\bads?[-_]?id|marketing|pixel|retarget|affiliate|fingerprint|anonymous[-_]?id|client[-_]?id|device[-_]?id`)
	// needed are what a site cannot do without, or what remembers the choice itself.
	needed = regexp.MustCompile(`(?i)consent|cookie[-_]?(?:choice|policy|notice|accept)|csrf|xsrf|session|^sid$|\bauth|token|lang|locale|theme|cart|basket|opt[-_]?out|do[-_]?not[-_]?track`)
)

// isTracking tells whether a cookie or a key of storage knows a visitor again for no purpose of theirs.
func isTracking(name, value string) bool {
	if knownNames.MatchString(name) {
		return true
	}
	if needed.MatchString(name) || !trackingNames.MatchString(name) {
		return false
	}
	const shortest = 8
	return reading.Random(value) || len(value) >= shortest && strings.ContainsAny(value, "0123456789")
}

// kept are the cookies and keys with which a page tracks, as rows of a table: where, name, value, how long.
func kept(cookies []browser.Cookie, s browser.Snapshot) [][]string {
	var rows [][]string
	values := map[string]string{}
	for pair := range strings.SplitSeq(s.Cookie, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		values[name] = value
	}
	for _, c := range cookies {
		lasts := "as long as the browser is open"
		if c.Expires > 0 {
			lasts = "longer"
		}
		value := values[c.Name]
		if value == "" && c.HTTPOnly {
			value = "0000000000a1b2c3" // not to be read by scripts, and drawn by the server
		}
		if isTracking(c.Name, value) {
			rows = append(rows, []string{"cookie of " + c.Domain, c.Name, reading.Mask(values[c.Name]), lasts})
		}
	}
	for _, storage := range []struct {
		name   string
		values map[string]string
	}{{"local storage", s.Local}, {"session storage", s.Session}} {
		for _, name := range sorted(storage.values) {
			if isTracking(name, storage.values[name]) {
				rows = append(rows, []string{storage.name, name, reading.Mask(storage.values[name]), "until it is cleared"})
			}
		}
	}
	return rows
}
