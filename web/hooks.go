package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

const (
	hookPrefix     = "/hooks/"
	testHookPrefix = store.TestHooks
	hookBody       = 16 << 20
	hookWait       = 2 * time.Minute // for an answer that the run gives
)

// handleHook starts a run of an active workflow. Anyone may call it: what comes in is data and is never evaluated.
func handleHook(s *Server, c *Ctx) error {
	return s.hook(c, strings.TrimPrefix(hookAddress(c), hookPrefix), false)
}

// handleTestHook starts a run of a workflow that is being drawn, while its editor listens.
func handleTestHook(s *Server, c *Ctx) error {
	return s.hook(c, strings.TrimPrefix(hookAddress(c), testHookPrefix), true)
}

// hookAddress is the path that was asked for, decoded once.
func hookAddress(c *Ctx) string { return c.Request().URL.Path }

func (s *Server) hook(c *Ctx, path string, test bool) error {
	ctx := c.Request().Context()
	hook, err := s.findHook(ctx, strings.Trim(path, "/"), c.Request().Method, test)
	if err != nil {
		return err
	}
	revision := engine.Published
	if test {
		revision = 0 // the editor listens: what is drawn there is tried
	}
	stored, err := s.Store.RunnableWorkflow(ctx, hook.Workspace, hook.WorkflowID, revision)
	if err != nil {
		return err
	}
	i := stored.Doc.NodeByID(hook.Node)
	if i < 0 || !test && stored.Published == 0 { // taken off between the two looks
		return absent("The workflow no longer has this webhook.")
	}
	w, err := s.webhooks.get(stored, i, s.webhookOf)
	if err != nil {
		return err
	}
	if err := s.admitCaller(ctx, c, w, hook.Workspace); err != nil {
		return err
	}
	item, err := s.hookItem(c, hook, min(w.MaxBodyMB<<20, hookBody))
	if err != nil {
		return err
	}
	waits := w.Respond == "last_node" || w.Respond == "respond_node"
	handle, err := s.startHook(ctx, c, hook, engine.StartRequest{Stored: stored, Items: []engine.Item{item}, Unannounced: waits && hook.Test == 0})
	if err != nil {
		return err
	}
	return s.answerHook(c, handle, w, hook)
}

func (s *Server) startHook(ctx context.Context, c *Ctx, hook engine.Hook, request engine.StartRequest) (*engine.Handle, error) {
	request.Workspace, request.WorkflowID, request.Node = hook.Workspace, hook.WorkflowID, hook.Node
	request.Trigger, request.Manual = "webhook", hook.Test != 0
	if key := c.Request().Header.Get("Idempotency-Key"); key != "" {
		if len(key) > maxIdemKey {
			return nil, invalidInput("An Idempotency-Key has at most %d characters.", maxIdemKey)
		}
		request.IdemKey = "hook/" + hook.Node + "/" + key
	}
	handle, err := s.start(ctx, request)
	if errors.Is(err, engine.ErrBusy) {
		c.Response().Header().Set("Retry-After", "1")
	}
	return handle, err
}

// findHook finds who listens. A path that is listened to by another method says so.
func (s *Server) findHook(ctx context.Context, path, method string, test bool) (engine.Hook, error) {
	if test {
		path = store.TestHooks + path
	}
	hook, err := s.Store.Hook(ctx, path, method, s.Now().UnixMicro())
	switch {
	case err == nil || !errors.Is(err, fs.ErrNotExist):
		return hook, err
	case test:
		return hook, absent("No editor listens at this test address now. Press “Listen” at the webhook in the editor, then call it within two minutes.")
	default:
		return hook, absent("No published workflow listens at this address with the method %s. Is the workflow published?", method)
	}
}

// answerHook answers as the webhook's parameter "respond" says: at once, with the items of the last node, or with what
// a node of the workflow answers.
func (s *Server) answerHook(c *Ctx, h *engine.Handle, w webhook, hook engine.Hook) error {
	c.Response().Header().Set("Atelier-Run", h.ID)
	if w.Respond != "last_node" && w.Respond != "respond_node" {
		return s.send(c, hook.Workspace, engine.Response{Status: w.Status, Headers: w.Headers, Body: runBody(h.ID)})
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), hookWait)
	defer cancel()
	if w.Respond == "respond_node" {
		return s.answerByNode(ctx, c, h, hook)
	}
	select {
	case <-h.Done():
	case <-ctx.Done():
		return s.hookLate(ctx, c, h)
	}
	run, items, err := s.resultOf(ctx, h)
	if err != nil {
		return err
	}
	if run.Status != engine.Succeeded {
		return hookFailed(c, run)
	}
	response, err := w.rules.Answer(items)
	if err != nil {
		return err
	}
	return s.send(c, hook.Workspace, response)
}

func runBody(id string) []byte { return []byte(`{"run_id":` + strconv.Quote(id) + "}\n") }

// hookLate answers for a run that has not answered in time. It goes on.
func (s *Server) hookLate(ctx context.Context, c *Ctx, h *engine.Handle) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err() // the caller has gone
	}
	return writeJSON(c, http.StatusGatewayTimeout, map[string]string{
		"run_id": h.ID, "error": "The workflow has not answered in time. The run goes on.",
	})
}

// hookFailed tells a caller that the run failed, or that it sleeps and goes on later. Why is for those who may see the
// run.
func hookFailed(c *Ctx, run *engine.Run) error {
	if !run.Status.Final() {
		return writeJSON(c, http.StatusAccepted, map[string]string{"run_id": run.ID, "status": string(run.Status)})
	}
	return writeJSON(c, http.StatusInternalServerError, map[string]string{
		"run_id": run.ID, "status": string(run.Status), "error": "The workflow did not finish. Its run in the studio says why.",
	})
}

// answerByNode passes on the answer that a node of the workflow gives.
func (s *Server) answerByNode(ctx context.Context, c *Ctx, h *engine.Handle, hook engine.Hook) error {
	response, err := h.Response(ctx)
	if err == nil && response != nil {
		return s.send(c, hook.Workspace, *response)
	}
	if ctx.Err() != nil {
		return s.hookLate(ctx, c, h)
	}
	run, _, err := s.resultOf(ctx, h)
	if err != nil {
		return err
	}
	if run.Status != engine.Succeeded {
		return hookFailed(c, run)
	}
	return c.NoContent(http.StatusNoContent) // it has ended without an answer
}

// send writes an answer that a workflow made. The row's policy cages it: whatever it holds, no script in it runs in the
// studio's name.
func (s *Server) send(c *Ctx, workspace string, r engine.Response) error {
	header := c.Response().Header()
	for name, value := range r.Headers {
		if answerable(name, value) {
			header.Set(name, value)
		}
	}
	status := r.Status
	if status < 200 || status > 599 {
		status = http.StatusOK
	}
	if r.File != nil {
		return s.sendFile(c, workspace, r.File, status)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		return c.NoContent(status)
	}
	return c.Blob(status, header.Get("Content-Type"), r.Body)
}

func (s *Server) sendFile(c *Ctx, workspace string, f *engine.File, status int) error {
	file, err := s.Store.Open(c.Request().Context(), workspace, f.Hash)
	if err != nil {
		return fmt.Errorf("the file of the answer: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	header := c.Response().Header()
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/octet-stream")
	}
	if header.Get("Content-Disposition") == "" {
		header.Set("Content-Disposition", attachment(f.Name))
	}
	return c.Stream(status, header.Get("Content-Type"), file)
}

// answerable tells whether a workflow may set a header. It may not set what is the studio's: cookies, the cage, what
// browsers keep for the whole site (where to report to, where else to find it), and what proxies in front take as orders.
func answerable(name, value string) bool {
	canonical := http.CanonicalHeaderKey(name)
	if strings.HasPrefix(canonical, "X-Accel-") || strings.HasPrefix(canonical, "Proxy-") || strings.HasPrefix(canonical, "X-Sendfile") {
		return false
	}
	switch canonical {
	case "Set-Cookie", "Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security", "Content-Length",
		"Transfer-Encoding", "Connection", "Upgrade", "Trailer", "Clear-Site-Data", "Service-Worker-Allowed", "Atelier-Run",
		"Nel", "Report-To", "Reporting-Endpoints", "Alt-Svc", "Accept-Ch", "Critical-Ch", "Public-Key-Pins", "Expect-Ct", "Set-Cookie2",
		"Origin-Agent-Cluster", "Keep-Alive", "Te", "X-Lighttpd-Send-File", "X-Reproxy-Url":
		return false
	}
	return name != "" && !strings.ContainsAny(name, " \t\r\n:") && !strings.ContainsAny(value, "\r\n\x00")
}

// queryOf returns the query: a text a name, a list of texts where it stands more than once.
func queryOf(values url.Values) map[string]any {
	out := make(map[string]any, len(values))
	for name, list := range values {
		out[name] = oneOrMany(list)
	}
	return out
}

func oneOrMany(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	many := make([]any, len(list))
	for i, v := range list {
		many[i] = v
	}
	return many
}
