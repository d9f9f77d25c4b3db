package firefox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const (
	openTime = 40 * time.Second
	calm     = 1500 // milliseconds that scripts are given after the page has loaded
)

// Look is what Firefox made of a page.
type Look struct {
	Value   json.RawMessage // of the script
	Log     []Entry
	Picture []byte // PNG of what is seen without scrolling
}

// Look opens an address as nobody, in a tab that shares nothing with others, and evaluates an expression there.
func (b *Browser) Look(ctx context.Context, address, script string) (*Look, error) {
	b.looking.Lock()
	defer b.looking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	var apart struct {
		UserContext string `json:"userContext"`
	}
	if err := b.line.call(ctx, "browser.createUserContext", map[string]any{}, &apart); err != nil {
		return nil, err
	}
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		_ = b.line.call(late, "browser.removeUserContext", map[string]any{"userContext": apart.UserContext}, nil) //nolint:errcheck // it goes with the browser
	}()
	var tab struct {
		Context string `json:"context"`
	}
	if err := b.line.call(ctx, "browsingContext.create", map[string]any{"type": "tab", "userContext": apart.UserContext}, &tab); err != nil {
		return nil, err
	}
	b.line.listen(tab.Context)
	defer b.line.log(tab.Context)
	at := map[string]any{"context": tab.Context}
	if err := b.line.call(ctx, "browsingContext.setViewport", map[string]any{"context": tab.Context, "viewport": map[string]int{"width": 1280, "height": 800}}, nil); err != nil {
		return nil, err
	}
	if err := b.line.call(ctx, "browsingContext.navigate", map[string]any{"context": tab.Context, "url": address, "wait": "complete"}, nil); err != nil {
		return nil, err
	}
	look := &Look{}
	var value struct {
		Type   string `json:"type"`
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
	}
	after := fmt.Sprintf("new Promise((done) => setTimeout(done, %d)).then(() => JSON.stringify(\n%s\n))", calm, script)
	if err := b.line.call(ctx, "script.evaluate", map[string]any{"expression": after, "target": at, "awaitPromise": true}, &value); err != nil {
		return nil, err
	}
	if value.Type != "success" {
		return nil, errors.New("the page could not be read")
	}
	look.Value = json.RawMessage(value.Result.Value)
	var shot struct {
		Data string `json:"data"`
	}
	if err := b.line.call(ctx, "browsingContext.captureScreenshot", at, &shot); err != nil {
		return nil, err
	}
	var err error
	if look.Picture, err = base64.StdEncoding.DecodeString(shot.Data); err != nil {
		return nil, err
	}
	look.Log = b.line.log(tab.Context)
	return look, nil
}
