package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

// Schedules keeps the cron lines of active workflows. The store implements it.
type Schedules interface {
	// DueSchedules returns the schedules whose Next is not after now, the earliest first.
	DueSchedules(ctx context.Context, now int64, limit int) ([]Schedule, error)
	// AdvanceSchedule sets Next and Last if Next is still was, and returns the revision that is published at that moment:
	// of several processes, only one gets it and fires. 0: this one does not.
	AdvanceSchedule(ctx context.Context, s Schedule, was int64) (revision int64, err error)
}

// Clockwork starts the runs of schedules.
type Clockwork struct {
	Schedules Schedules
	Runner    *Runner
	// NextTimes returns the next n times of a cron line after from.
	NextTimes func(cron, zone string, from time.Time, n int) ([]time.Time, error)
	// Item makes the JSON of the item that a run begins with.
	Item func(cron string, at time.Time) map[string]any
	Log  *slog.Logger
	Now  func() time.Time
}

// Serve fires schedules until the context ends. A time that passed while the studio was down is fired once, late.
func (c *Clockwork) Serve(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := c.Fire(ctx); err != nil && ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "schedules could not be fired", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Fire starts what is due now.
func (c *Clockwork) Fire(ctx context.Context) error {
	now := c.Now()
	due, err := c.Schedules.DueSchedules(ctx, now.UnixMicro(), 100)
	if err != nil {
		return err
	}
	var failed error
	for _, s := range due {
		if err := c.fire(ctx, s, now); err != nil {
			failed = errors.Join(failed, fmt.Errorf("schedule of workflow %s: %w", s.WorkflowID, err))
		}
	}
	return failed
}

func (c *Clockwork) fire(ctx context.Context, s Schedule, now time.Time) error {
	was := s.Next
	s.Last = was
	next, err := c.NextTimes(s.Cron, s.Timezone, now, 1)
	if err != nil || len(next) == 0 {
		s.Next = 1<<63 - 1 // it never fires again
	} else {
		s.Next = next[0].UnixMicro()
	}
	revision, err := c.Schedules.AdvanceSchedule(ctx, s, was)
	if err != nil || revision == 0 {
		return err
	}
	if err := c.start(ctx, s, was, revision); err != nil {
		if _, bad := errors.AsType[*InvalidWorkflow](err); bad || errors.Is(err, fs.ErrInvalid) {
			return err // it would be the same the next time
		}
		again := s // the studio is busy, or the disk is full: the time has not passed, it comes once more
		again.Next = was
		_, backErr := c.Schedules.AdvanceSchedule(context.WithoutCancel(ctx), again, s.Next)
		return errors.Join(err, backErr)
	}
	return nil
}

// start starts the run of a schedule's time, of the drawing that was published when it was advanced: what happens to the
// workflow meanwhile is of the next time.
func (c *Clockwork) start(ctx context.Context, s Schedule, was, revision int64) error {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		zone = time.UTC
	}
	item := Item{JSON: c.Item(s.Cron, c.latest(s, was).In(zone))}
	_, err = c.Runner.Start(ctx, StartRequest{
		Workspace: s.Workspace, WorkflowID: s.WorkflowID, Revision: revision, Trigger: "schedule", Node: s.Node, Items: []Item{item},
		IdemKey: fmt.Sprintf("schedule/%s/%d", s.ID, was),
	})
	if errors.Is(err, fs.ErrNotExist) { // the workflow was deleted meanwhile
		return nil
	}
	return err
}

// latest returns the newest time of a schedule that has come, from the first that was not fired on: of times that passed
// while the studio was down, the last is made up for.
func (c *Clockwork) latest(s Schedule, first int64) time.Time {
	now, found := c.Now(), time.UnixMicro(first)
	for back := time.Minute; ; back *= 60 {
		from := now.Add(-back)
		all := !from.After(found) || back > 366*24*time.Hour
		if all {
			from = found
		}
		begun := found
		for {
			times, err := c.NextTimes(s.Cron, s.Timezone, from, 100)
			if err != nil || len(times) == 0 || times[0].After(now) {
				break
			}
			for _, at := range times {
				if !at.After(now) {
					found, from = at, at
				}
			}
		}
		if all || found.After(begun) {
			return found
		}
	}
}
