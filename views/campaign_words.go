package views

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/wire"
	"github.com/atelier-studio/atelier/llm"
)

// severityText names a severity.
func severityText(ctx context.Context, severity string) string {
	switch severity {
	case "critical":
		return tr(ctx, "Critical")
	case "high":
		return tr(ctx, "High")
	case "medium":
		return tr(ctx, "Medium")
	case "low":
		return tr(ctx, "Low")
	default:
		return tr(ctx, "Info")
	}
}

// severities are all, the worst first.
var severities = []string{"critical", "high", "medium", "low", "info"}

func areaText(ctx context.Context, area agents.Area) string {
	switch area {
	case agents.Functional:
		return tr(ctx, "Functional")
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
		return tr(ctx, "Data")
	case agents.Compliance:
		return tr(ctx, "Compliance")
	default:
		return tr(ctx, "Operation")
	}
}

// campaignState names a verdict or, of an open campaign, its state.
func campaignState(ctx context.Context, c *desk.Campaign) string {
	switch {
	case c.Status.Open() && c.Stopping:
		return tr(ctx, "Stopping")
	case c.Status.Open() && c.Paused:
		return tr(ctx, "Paused")
	case c.Status == desk.Queued:
		return tr(ctx, "Waiting")
	case c.Status == desk.Working:
		return tr(ctx, "Under way")
	case c.Status == desk.Failed:
		return tr(ctx, "Could not test")
	case c.Status == desk.Stopped:
		return tr(ctx, "Stopped")
	}
	switch c.Verdict() {
	case "passed":
		return tr(ctx, "Passed")
	case "failed":
		return tr(ctx, "Failed")
	case "not finished":
		return tr(ctx, "Not finished")
	default:
		return tr(ctx, "Not tested")
	}
}

// campaignTone is the colour of that.
func campaignTone(c *desk.Campaign) string {
	switch {
	case c.Status.Open():
		return "run"
	case c.Status == desk.Failed || c.Verdict() == "failed":
		return "bad"
	case c.Verdict() == "passed":
		return "ok"
	default:
		return "warn"
	}
}

func campaignIcon(c *desk.Campaign) string {
	if c.Status.Open() && c.Paused && !c.Stopping {
		return "pause"
	}
	switch campaignTone(c) {
	case "run":
		return "loader-circle"
	case "bad":
		return "circle-x"
	case "ok":
		return "circle-check"
	default:
		return "circle-slash"
	}
}

func changeText(ctx context.Context, change desk.Change) string {
	switch change {
	case desk.New:
		return tr(ctx, "New")
	case desk.Fixed:
		return tr(ctx, "Fixed")
	case desk.Still:
		return tr(ctx, "Still there")
	default:
		return tr(ctx, "Not re-tested")
	}
}

func changeTone(change desk.Change) string {
	switch change {
	case desk.New:
		return "bad"
	case desk.Fixed:
		return "ok"
	case desk.Still:
		return "warn"
	default:
		return ""
	}
}

// modelText sums up what a language model was asked.
func modelText(ctx context.Context, name string, u *explore.Use) string {
	text := trn(ctx, u.Questions, "{name} was asked once ({tokens} tokens)", "{name} was asked {n} times ({tokens} tokens)", "name", name, "tokens", grouped(ctx, int64(u.Input+u.Output)))
	switch {
	case u.Micros > 0 && u.Unpriced:
		return text + " · " + tr(ctx, "{amount} and unknown", "amount", llm.Dollars(u.Micros))
	case u.Micros > 0:
		return text + " · " + llm.Dollars(u.Micros)
	}
	return text
}

func droppedOf(u *explore.Use) []string { return slices.Sorted(maps.Keys(u.Dropped)) }

func testStage(ctx context.Context, stage string) string {
	switch stage {
	case "discovering":
		return tr(ctx, "Discovering the target")
	case "testing":
		return tr(ctx, "Testing")
	case "confirming":
		return tr(ctx, "Confirming what was found")
	case "exploring":
		return tr(ctx, "Exploring with the language model")
	case "explaining":
		return tr(ctx, "Explaining what was found")
	default:
		return tr(ctx, "Beginning")
	}
}

// shareText is a part as whole percents: never 100 as long as something is missing.
func shareText(part, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.Itoa(part*100/of) + " %"
}

func gateText(share float64) string {
	return strconv.FormatFloat(share*100, 'f', -1, 64) + " %"
}

// reasonsOf are the reasons for which something was not tested, the most frequent first.
func reasonsOf(c *agents.Count) []string {
	keys := slices.SortedFunc(maps.Keys(c.Reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.Reasons[b], c.Reasons[a]), strings.Compare(a, b))
	})
	var list []string
	for _, key := range keys[:min(len(keys), 4)] {
		line, _, _ := strings.Cut(key, "\n")
		list = append(list, fmt.Sprintf("%d × %s", c.Reasons[key], cutText(line, 160)))
	}
	return list
}

func cutText(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return string(letters[:most-1]) + "…"
}

func secondsText(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// requestText writes a request, or the head of an answer, as it went over the wire.
func requestText(x *wire.Exchange) string {
	method := cmp.Or(x.Request.Method, "GET")
	lines := []string{method + " " + x.Request.URL}
	lines = append(lines, headerLines(x.Request.Header)...)
	return strings.Join(lines, "\n") + bodyText(x.Request.Body)
}

func responseText(x *wire.Exchange) string {
	if x.Status == 0 {
		if x.Fault != nil {
			return x.Fault.Text
		}
		return "–"
	}
	lines := []string{strings.TrimSpace(fmt.Sprintf("%s %d %s", x.Proto, x.Status, http.StatusText(x.Status)))}
	lines = append(lines, headerLines(x.Header)...)
	return strings.Join(lines, "\n") + bodyText(x.Body)
}

func headerLines(h http.Header) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			lines = append(lines, name+": "+cutText(value, 500))
		}
	}
	return lines
}

// bodyText is the beginning of a body that can be read.
func bodyText(body []byte) string {
	const most = 4000
	if len(body) == 0 {
		return ""
	}
	text := strings.ToValidUTF8(string(body[:min(len(body), most)]), "\uFFFD")
	if strings.Count(text, "\uFFFD") > 20 || strings.ContainsRune(text, 0) {
		return fmt.Sprintf("\n\n(%d bytes)", len(body))
	}
	if len(body) > most {
		text += "…"
	}
	return "\n\n" + text
}

// pathOf is an address without its origin where that is the target's.
func pathOf(c *desk.Campaign, address string) string {
	if rest, ok := strings.CutPrefix(address, c.Origin()); ok && rest != "" {
		return rest
	}
	return address
}

func campaignAddress(c *desk.Campaign, rest ...string) string {
	return "/campaigns/" + c.ID + strings.Join(rest, "")
}

func joined(list []string) string { return strings.Join(list, ", ") }

func areaChoices(ctx context.Context) []Choice {
	var choices []Choice
	for _, area := range agents.Areas {
		choices = append(choices, Choice{string(area), areaText(ctx, area)})
	}
	return choices
}

// stoppedText says why a campaign ended before everything was done.
func stoppedText(ctx context.Context, reason string) string {
	switch reason {
	case "the campaign was stopped":
		return tr(ctx, "the campaign was stopped")
	case "the campaign's time was over":
		return tr(ctx, "the campaign's time was over")
	case "the campaign's requests were used up":
		return tr(ctx, "the campaign's requests were used up")
	case "the time for discovery was over before everything was looked at":
		return tr(ctx, "the time for discovery was over before everything was looked at")
	case "the campaign was stopped before it went on, and what it had still to do is not counted":
		return tr(ctx, "the campaign was stopped before it went on, and what it had still to do is not counted")
	}
	return reason
}
