package nodes

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// authorization is what a credential adds to a request.
type authorization struct {
	header    http.Header
	query     url.Values
	renewable bool // a token that can be fetched anew when it is refused
}

// authorize opens the node's credential. Renew fetches a new token where there is one.
func (x *exchange) authorize(ctx context.Context, renew bool) error {
	if x.p.Credential == "" {
		return nil
	}
	typ, values, err := x.d.credentialOf(ctx, x.c, x.p.Credential, "http.basic", "http.bearer", "http.header", "http.query", "http.oauth2_client")
	if err != nil {
		return err
	}
	x.auth = authorization{header: http.Header{}, query: url.Values{}}
	switch typ {
	case "http.basic":
		x.auth.header.Set("Authorization", basicAuth(values["user"], values["password"]))
	case "http.bearer":
		x.auth.header.Set("Authorization", "Bearer "+values["token"])
	case "http.header":
		x.auth.header.Set(values["name"], values["value"])
	case "http.query":
		x.auth.query.Set(values["name"], values["value"])
	case "http.oauth2_client":
		token, err := x.d.tokens.get(ctx, x.d, x.c.Run.Workspace+"/"+x.p.Credential, values, renew)
		if err != nil {
			return fmt.Errorf("the credential %q: %w", x.p.Credential, err)
		}
		x.auth.renewable = !renew
		x.auth.header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

func basicAuth(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// tokenCache keeps OAuth tokens until shortly before they expire. Its zero value is ready.
type tokenCache struct {
	mu     sync.Mutex
	tokens map[string]oauthToken
}

type oauthToken struct {
	value string
	until time.Time
}

// get returns a token of a credential, from memory or from the token address. Changed values make another token.
func (t *tokenCache) get(ctx context.Context, d *Deps, name string, values map[string]string, renew bool) (string, error) {
	sum := sha256.Sum256([]byte(canonicalStrings(values)))
	key := name + "/" + hex.EncodeToString(sum[:8])
	t.mu.Lock()
	token, ok := t.tokens[key]
	t.mu.Unlock()
	if ok && !renew && d.now().Before(token.until) {
		return token.value, nil
	}
	token, err := fetchToken(ctx, d, values)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tokens == nil || len(t.tokens) > 1000 {
		t.tokens = map[string]oauthToken{}
	}
	t.tokens[key] = token
	return token.value, nil
}

func canonicalStrings(values map[string]string) string {
	m := make(map[string]any, len(values))
	for k, v := range values {
		m[k] = v
	}
	return canonical(m)
}

// fetchToken asks for a token with client credentials (RFC 6749, 4.4).
func fetchToken(ctx context.Context, d *Deps, values map[string]string) (oauthToken, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	for _, name := range []string{"scope", "audience"} {
		if values[name] != "" {
			form.Set(name, values[name])
		}
	}
	inBody := values["style"] == "body"
	if inBody {
		form.Set("client_id", values["client_id"])
		form.Set("client_secret", values["client_secret"])
	}
	address, err := url.Parse(values["token_url"])
	if err != nil || address.Host == "" {
		return oauthToken{}, fmt.Errorf("the token address cannot be read")
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return oauthToken{}, fmt.Errorf("the token address cannot be called: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if !inBody {
		r.Header.Set("Authorization", basicAuth(url.QueryEscape(values["client_id"]), url.QueryEscape(values["client_secret"])))
	}
	client := *d.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // id and secret go nowhere else
	response, err := client.Do(r)
	if err != nil {
		return oauthToken{}, fmt.Errorf("no token from %s: %w", address.Host, err)
	}
	data, err := readAll(response.Body, 1<<20)
	if err := cmp.Or(err, response.Body.Close()); err != nil && err != io.EOF { //nolint:errorlint // the reader's own value
		return oauthToken{}, fmt.Errorf("no token from %s: %w", address.Host, err)
	}
	v, err := parseJSON(data)
	m, _ := v.(map[string]any)
	token := text(m["access_token"])
	if response.StatusCode != http.StatusOK || err != nil || token == "" {
		return oauthToken{}, fmt.Errorf("no token from %s: it answered %s %s", address.Host, response.Status, excerpt(text(m["error"])+" "+text(m["error_description"]), 200))
	}
	lasts, ok := looseNumber(m["expires_in"])
	if !ok || lasts <= 0 {
		lasts = 300
	}
	lasts = min(lasts, 7*24*3600)
	return oauthToken{token, d.now().Add(time.Duration(max(lasts-30, lasts/2)) * time.Second)}, nil
}
