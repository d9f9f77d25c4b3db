package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

const (
	checkpointEvery = 5 * time.Second
	longLog         = 64 << 20 // of SQLite's log; above it the file is cut
	tidyEvery       = time.Hour
)

// upkeep keeps SQLite's logs short and removes what has expired, until ctx ends.
func (s *Store) upkeep(ctx context.Context) {
	checkpoint := time.NewTicker(checkpointEvery)
	defer checkpoint.Stop()
	tidy := time.NewTicker(tidyEvery)
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-checkpoint.C:
			for _, d := range s.databases() {
				err = errors.Join(err, d.checkpoint(ctx))
			}
		case <-tidy.C:
			err = s.tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "upkeep of the database failed; it is tried again", "error", err)
		}
	}
}

// checkpoint copies SQLite's log into the database if something was written since the last one.
func (d *db) checkpoint(ctx context.Context) error {
	if d.postgres || !d.dirty.Swap(false) {
		return nil
	}
	mode := "PASSIVE"
	info, err := os.Stat(d.file + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() > longLog {
		mode = "TRUNCATE"
	}
	var busy, frames, copied int
	if err := d.upkeep.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &frames, &copied); err != nil {
		return d.words(err)
	}
	if copied < frames {
		d.dirty.Store(true) // a reader was in the way
	}
	return nil
}

// shrink gives the space of removed rows back to the disk, a piece at a time.
func (d *db) shrink(ctx context.Context) error {
	if d.postgres {
		return nil // autovacuum does it
	}
	for range 50 {
		var free int
		if err := d.write.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil || free == 0 {
			return d.words(err)
		}
		if _, err := d.exec(ctx, "PRAGMA incremental_vacuum(2000)"); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes sessions, permissions, test addresses and thrown away conversations that have expired.
func (s *Store) tidy(ctx context.Context) error {
	now := s.now()
	var errs []error
	for _, text := range []string{
		"DELETE FROM sessions WHERE expires < $1",
		"DELETE FROM tokens WHERE expires < $1",
		"DELETE FROM keys WHERE expires <> 0 AND expires < $1",
		"DELETE FROM hooks WHERE test <> 0 AND test < $1",
	} {
		_, err := s.studio.exec(ctx, text, now)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.forgetProcesses(ctx), s.forgetConversations(ctx), s.forgetChats(ctx), s.ledger.tidy(ctx), s.tidyReplies(ctx))...)
}
