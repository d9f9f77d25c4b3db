package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// A step that looks again and again is at its first attempt as long as none has failed, and is not taken for one that a
// crash broke off, however short its waits are.
func TestWaitsAreNoAttempts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		seconds int
		effect  engine.Effect
	}{{"in memory", 1, engine.Idempotent}, {"in the store", 20, engine.Idempotent}, {"what must not be done twice", 20, engine.AtMostOnce}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var attempts []int
				kinds := kindsThatCall(newWorld())
				kinds["look"] = &engine.Kind{Name: "look", Class: engine.IO, Effect: tt.effect, Run: func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
					attempts = append(attempts, c.Attempt)
					if len(attempts)%4 != 0 {
						return nil, &engine.Wait{Until: time.Now().Add(time.Duration(tt.seconds) * time.Second)}
					}
					return nil, errors.New("it is gone")
				}}
				w := draw(t, "t:trigger.manual", "a:look", "t>a")
				node(w, "a").Retry = &engine.Retry{Attempts: 2}
				tp := newTape(-1)
				r := engine.NewRunner(engine.Options{Catalogue: kinds, Journal: tp, Source: shelf{w}})
				ctx, end := context.WithCancel(t.Context())
				served := make(chan struct{})
				go func() { defer close(served); _ = r.Serve(ctx) }()
				h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Minute)
				run, _, err := tp.Load(t.Context(), "", h.ID)
				if want := []int{1, 1, 1, 1, 2, 2, 2, 2}; err != nil || run.Status != engine.Failed || !slices.Equal(attempts, want) {
					t.Errorf("%s %s after the attempts %s, %v", run.Status, run.Error, fmt.Sprint(attempts), err)
				}
				end()
				<-served
				r.Close(context.WithoutCancel(t.Context()))
			})
		})
	}
}
