package resilience

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
)

// judge says how a page bears a fault; "" when it bears it. A page need not say anything about a part that is missing,
// as long as it goes on: it must not throw, go blank, wait for ever, or lose most of what it shows without a word.
func judge(sound, hurt *browser.Visit) (said string, evidence []agents.Evidence) {
	usual := map[string]bool{}
	for _, x := range browser.Uncaught(sound.Log.Exceptions) {
		usual[x.Cause()] = true
	}
	for _, x := range browser.Uncaught(hurt.Log.Exceptions) {
		if !usual[x.Cause()] {
			first, _, _ := strings.Cut(x.Text, "\n")
			return "throws an error that nothing catches: " + first, []agents.Evidence{{Name: "error", Text: strings.TrimSpace(x.Text + "\n" + x.Stack), Kind: agents.ByBrowser}}
		}
	}
	if blank(&hurt.Snapshot) && !blank(&sound.Snapshot) {
		return "goes blank", nil
	}
	if wait := waiting(&hurt.Snapshot); wait != "" && waiting(&sound.Snapshot) == "" {
		return "goes on to say that it is busy (" + wait + "), though nothing comes any more", nil
	}
	if gone, news := lost(sound.Snapshot.Text, hurt.Snapshot.Text); gone && !news {
		return "loses most of what it shows, and says nothing in its place", nil
	}
	return "", nil
}

// shown are elements that say something without words, or can be used.
var shown = map[string]bool{"img": true, "svg": true, "video": true, "canvas": true, "iframe": true, "input": true, "textarea": true, "select": true, "button": true}

func blank(s *browser.Snapshot) bool {
	if utf8.RuneCountInString(strings.Join(strings.Fields(s.Text), " ")) >= 20 || len(s.Frames) > 0 {
		return false
	}
	return !slices.ContainsFunc(s.Elements, func(e browser.Element) bool { return e.Seen && (shown[e.Tag] || e.Shadow && e.Text != "") })
}

var (
	busyWords = regexp.MustCompile(`(?i)\b(?:loading|please wait|one moment|fetching|being (?:fetched|loaded)|lädt|wird geladen|bitte warten|cargando|espere|chargement|patientez)\b|加载中|请稍候|载入中`)
	busyLooks = regexp.MustCompile(`(?i)\bclass="[^"]*(?:spin|loader|loading|skeleton|shimmer|busy|progress|pulse)[^"]*"|aria-busy="true"|role="progressbar"`)
)

// waiting is what tells people on a page that something is under way; "" when nothing does.
func waiting(s *browser.Snapshot) string {
	for _, e := range s.Elements {
		switch {
		case !e.Seen:
		case e.Tag == "progress", busyLooks.MatchString(e.HTML):
			return e.HTML
		case len(e.Text) < 60 && busyWords.MatchString(e.Text):
			return e.Text
		}
	}
	return ""
}

var threeDots = regexp.MustCompile(`\p{L}\s?(?:…|\.\.\.)\s*$`)

// hints tells whether a short line ends in three dots, which says in any language that more is to come. It is enough not to
// complain, and not enough to complain about.
func hints(s *browser.Snapshot) bool {
	return slices.ContainsFunc(s.Elements, func(e browser.Element) bool {
		return e.Seen && !e.Interactive && len(e.Text) < 60 && threeDots.MatchString(e.Text)
	})
}

// lost tells whether most of a text is gone, and whether there are lines that were not there before.
func lost(before, after string) (gone, news bool) {
	was, is := lines(before), lines(after)
	size, kept := 0, 0
	for line := range was {
		size += len(line)
		if is[line] {
			kept += len(line)
		}
	}
	for line := range is {
		news = news || !was[line]
	}
	const worth = 60 // bytes that are worth a word when they are missing
	return size-kept > worth && kept*2 < size, news
}

func lines(text string) map[string]bool {
	list := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			list[line] = true
		}
	}
	return list
}
