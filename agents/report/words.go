package report

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/locales"
)

// tr says a text in the language of the report.
func tr(ctx context.Context, text string, args ...any) string {
	return locales.Say(locales.Of(ctx), text, args...)
}

// trn says the form of a text that fits a number.
func trn(ctx context.Context, n int, one, other string, args ...any) string {
	return locales.Count(locales.Of(ctx), n, one, other, args...)
}

// said is a text of a probe or of the campaign, where the catalogues have it; most hold values, and stay as they are. An
// error's format is not looked for in them: half a sentence in another language helps nobody.
func said(ctx context.Context, text string) string {
	text = printable(text)
	if words, ok := locales.Words(locales.Of(ctx))[text]; ok {
		return words
	}
	return text
}

func severityWord(ctx context.Context, s agents.Severity) string {
	switch s {
	case agents.Critical:
		return tr(ctx, "critical")
	case agents.High:
		return tr(ctx, "high")
	case agents.Medium:
		return tr(ctx, "medium")
	case agents.Low:
		return tr(ctx, "low")
	default:
		return tr(ctx, "info")
	}
}

func areaWord(ctx context.Context, a agents.Area) string {
	switch a {
	case agents.Functional:
		return tr(ctx, "Functions")
	case agents.Security:
		return tr(ctx, "Security")
	case agents.Performance:
		return tr(ctx, "Performance")
	case agents.Usability:
		return tr(ctx, "Usability")
	case agents.Compatibility:
		return tr(ctx, "Compatibility")
	case agents.Reliability:
		return tr(ctx, "Reliability")
	case agents.Data:
		return tr(ctx, "Data integrity")
	case agents.Compliance:
		return tr(ctx, "Compliance")
	case agents.Operations:
		return tr(ctx, "Operation")
	default:
		return printable(string(a))
	}
}

func conclusionWord(ctx context.Context, c Conclusion) string {
	switch c {
	case Passed:
		return tr(ctx, "Passed")
	case Failed:
		return tr(ctx, "Failed")
	case NotFinished:
		return tr(ctx, "Not finished")
	default:
		return tr(ctx, "Could not test")
	}
}

func kindWord(ctx context.Context, k agents.EvidenceKind) string {
	switch k {
	case agents.ByHTTP:
		return tr(ctx, "requests")
	case agents.ByBrowser:
		return tr(ctx, "browser")
	case agents.ByTiming:
		return tr(ctx, "measured times")
	case agents.ByCallback:
		return tr(ctx, "call back")
	default:
		return tr(ctx, "reading")
	}
}

// percent writes a share. It rounds down, so that no share looks like one that it does not reach.
func percent(ctx context.Context, share float64) string {
	tenths := math.Floor(share*1000+1e-9) / 10
	text := fmt.Sprintf("%.1f", tenths)
	if tenths == math.Trunc(tenths) {
		text = fmt.Sprintf("%.0f", tenths)
	}
	return fraction(ctx, text) + " %"
}

// fraction writes a number with the sign that the language has before its fractions.
func fraction(ctx context.Context, number string) string {
	switch locales.Of(ctx) {
	case locales.German, locales.Spanish, locales.French:
		return strings.Replace(number, ".", ",", 1)
	}
	return number
}

func bytesWord(ctx context.Context, n int64) string {
	switch {
	case n >= 1<<20:
		return fraction(ctx, fmt.Sprintf("%.1f", float64(n)/(1<<20))) + " MB"
	case n >= 1<<10:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%d B", n)
	}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
