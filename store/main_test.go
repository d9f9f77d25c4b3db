package store_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// childFolder names the data folder in which this test binary, started by TestKilled, writes until it is killed.
const childFolder = "ATELIER_TEST_WRITE_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled starts runs and prints "run chunks" after each acknowledgement: so much of the run is on disk.
func writeUntilKilled(dir string) error {
	s, err := store.Open(context.Background(), store.Options{Dir: dir})
	if err != nil {
		return err
	}
	said := make(chan string, 1000)
	for w := range 8 {
		go func() {
			for n := 0; ; n++ {
				r := &engine.Run{ID: fmt.Sprintf("%d-%d-%d", os.Getpid(), w, n), Workspace: "alpha", WorkflowID: "w", Status: engine.Running, Owner: "child", Fence: 1}
				if _, err := s.Journal().Accept(context.Background(), r, chunkOf(r, 1, engine.Event{Type: engine.RunStarted})); err != nil {
					panic(err)
				}
				said <- r.ID + " 1"
				for c := range int64(3) {
					acked := make(chan error)
					s.Journal().Append(chunkOf(r, c*2+2, engine.Event{Type: engine.StepStarted}, engine.Event{Type: engine.StepFinished}), func(err error) { acked <- err })
					if err := <-acked; err != nil {
						panic(err)
					}
					said <- fmt.Sprint(r.ID, " ", c+2)
				}
			}
		}()
	}
	for line := range said {
		fmt.Println(line)
	}
	return nil
}
