package exposure

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func pii() *agents.Probe {
	return &agents.Probe{
		ID: "pii", Title: "An answer that everybody gets has data of persons",
		Decides:  "An answer to nobody in particular has a number of a payment card (Luhn, of a known issuer), a number of a national id beside its name, or the e-mail addresses of ten people or more.",
		Keeps:    "What was found, masked.",
		Advice:   "Ask who somebody is before showing it, and show no more of it than is needed: the last four digits, the name without the address.",
		Severity: agents.Medium, References: []string{"CWE-359"}, Skills: []string{"leak detection"},
		Check: agents.Each(open, runPII),
	}
}

// open are the answers that nobody had to sign in for; scripts say nothing of persons.
func open(s *surface.Surface) []surface.Item {
	return slices.DeleteFunc(bodies(s), func(item surface.Item) bool {
		_, script := item.(*surface.Asset)
		return script || answerOf(item).Request.As != ""
	})
}

var (
	card     = regexp.MustCompile(`(?:^|[^\w.,-])((?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6011|65\d{2})(?:[ -]?\d{4}){2}[ -]?\d{3,4})(?:[^\w.-]|$)`)
	national = regexp.MustCompile(`(?i)(?:\bssn\b|social security|national (?:id|insurance)|steuer-?id|personalausweis|\bnif\b|\bdni\b|numéro de sécurité)[^\d<]{0,30}(?:<[^>]{0,40}>[^\d<]{0,10})?(\d{3}-\d{2}-\d{4}|\d{11}|\d{8}[A-Z]|[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]|[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3})\b`)
	mail     = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63})+`)
	// Numbers that providers publish to try payments with.
	trial = []string{"4111111111111111", "4242424242424242", "5555555555554444", "5105105105105100", "378282246310005", "4000056655665556", "4012888888881881", "6011111111111117", "2223003122003222"}
	role  = regexp.MustCompile(`(?i)^(?:info|contact|support|sales|hello|help|press|office|admin|webmaster|no-?reply|privacy|security|abuse|jobs|billing)@|@(?:[\w.-]+\.)?example\.(?:org|com|net)$|\.(?:png|jpe?g|gif|svg|webp)$`)
)

const manyMails = 10

func runPII(_ context.Context, _ *agents.Lab, item surface.Item) agents.Outcome {
	x := answerOf(item)
	if !x.OK() {
		return agents.Pass()
	}
	text := string(x.Body)
	if doc := reading.HTML(x); doc != nil {
		text = doc.Text()
	}
	var found [][]string
	for _, m := range card.FindAllStringSubmatch(text, 100) {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(m[1])
		if luhn(digits) && !slices.Contains(trial, digits) && len(found) < 20 {
			found = append(found, []string{"payment card", reading.Mask(digits)})
		}
	}
	for _, m := range national.FindAllStringSubmatch(text, 20) {
		found = append(found, []string{"national id", reading.Mask(m[1])})
	}
	mails := map[string]bool{}
	for _, m := range mail.FindAllString(text, 5000) {
		if !role.MatchString(m) {
			mails[strings.ToLower(m)] = true
		}
	}
	if len(mails) >= manyMails {
		found = append(found, []string{"e-mail addresses", fmt.Sprintf("%d different ones", len(mails))})
	}
	if len(found) == 0 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s has data of persons, and is answered to everybody.", x.URL),
		Where: place(x), Cause: "persons " + surface.ShapeOf(x.URL), Evidence: []agents.Evidence{agents.Table("what was found", agents.ByReading, append([][]string{{"sort", "masked"}}, found...)...)},
	})
}

// luhn tells whether the check digit of a number is right.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && strings.Trim(digits, digits[:1]) != ""
}
