package authentication

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
)

func jwtAlgNone() *agents.Probe {
	return &agents.Probe{
		ID: "jwt-alg-none", Title: "A token without a signature is taken",
		Decides:  "A token of an account whose header says that it is not signed, or whose signature was taken away or made up, opens what the true one opens and nobody else.",
		Keeps:    "The request with the token, and its answer.",
		Advice:   "Name the algorithms that are taken when a token is checked, never none, and refuse a token without a signature.",
		Needs:    intrusive,
		Severity: agents.Critical, References: []string{"CWE-347"},
		Check: agents.WholeIf(signsIn, runJWTAlgNone),
	}
}

// unsigned are the ways of a token without a signature.
func unsigned(t *token) []struct{ how, text string } {
	parts := strings.Split(t.text, ".")
	type way = struct{ how, text string }
	var list []way
	for _, none := range []string{"none", "None", "NONE"} {
		header := map[string]any{}
		for name, v := range t.header {
			header[name] = v
		}
		header["alg"] = none
		data, err := json.Marshal(header)
		if err != nil {
			continue
		}
		list = append(list, way{"its header says the algorithm is " + none, base64.RawURLEncoding.EncodeToString(data) + "." + parts[1] + "."})
	}
	return append(list, way{"its signature was taken away", parts[0] + "." + parts[1] + "."}, way{"its signature was made up", parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString([]byte("no signature of this token, really"))})
}

func runJWTAlgNone(ctx context.Context, lab *agents.Lab) agents.Outcome {
	list := tokens(ctx, lab, true)
	if len(list) == 0 {
		return untold(lab)
	}
	tested := false
	for _, t := range list[:min(len(list), 3)] {
		address, with, without := t.guarded(ctx, lab)
		if address == "" {
			continue
		}
		tested = true
		for _, u := range unsigned(t) {
			x := t.send(ctx, lab, address, u.text)
			if ctx.Err() != nil {
				return agents.Block("it took too long")
			}
			if opens(x, without) && similar.Of(x, with, t.text, u.text) >= 0.9 {
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("A token is taken although %s: whoever writes one is whoever it says.", u.how),
					Where: agents.Place{URL: address, Method: "GET"}, Cause: "signature of tokens", Evidence: []agents.Evidence{agents.Exchanged("with the token without a signature", x), agents.Exchanged("without a token", without)},
				})
			}
		}
	}
	if !tested {
		return agents.Skip("nothing was found that a token opens and nobody else does, so that a false one could not be told from a true one")
	}
	return agents.Pass()
}
