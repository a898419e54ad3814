package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/respond"
)

// parts are the streams of each part, in the order in which they are read while
// the service goes on. A later one may hold more than an earlier one knows of,
// never less: what is marked as read has its events, an event its text, a text
// its key. What is missing here (sessions, sources, grants, the saved index) is not kept.
var parts = map[Part][]string{
	DataPart: {"KV_gone", "KV_marks", "KV_leases", "comments", "verdicts", "KV_cases", "audit", "texts", "KV_told", "KV_users", "KV_settings"},
	KeysPart: {"keys", "KV_gone"}, // a key that is gone has its tombstone
}

// Backup is how a backup is made.
type Backup struct {
	Part     Part
	Practice string
	// Key seals it.
	Key []byte
	// Progress, if set, is told how many records were written.
	Progress func(int)
}

// Backup writes one part of what is kept, while the service runs. Of the two
// parts the data is to be made first.
func (s *Store) Backup(ctx context.Context, w io.Writer, o Backup) error {
	a, err := newArchive(w, o.Key, header{o.Part, o.Practice, s.now()})
	if err != nil {
		return err
	}
	for _, stream := range parts[o.Part] {
		if err := s.dump(ctx, a, stream, o.Progress); err != nil {
			return fmt.Errorf("backup %s: %w", stream, err)
		}
	}
	return a.finish()
}

func (s *Store) dump(ctx context.Context, a *archive, stream string, progress func(int)) error {
	readers, err := s.bus.Readers(ctx, stream) // before: what is read meanwhile is handled again
	if err != nil {
		return err
	}
	if err := a.gob.Encode(item{Begin: stream}); err != nil {
		return err
	}
	err = s.bus.Dump(ctx, stream, func(m bus.Message) error {
		if a.total++; progress != nil && a.total%1000 == 0 {
			progress(a.total)
		}
		return a.gob.Encode(item{Msg: &m})
	})
	if err != nil {
		return err
	}
	return a.gob.Encode(item{End: true, Readers: readers})
}

// Restore is how a backup is put back.
type Restore struct {
	Data, Keys io.Reader
	// Secrets are the keys under which the backup may be sealed.
	Secrets [][]byte
	// Progress, if set, is told how many records were read.
	Progress func(int)
}

// Restored tells what was put back.
type Restored struct {
	Practice string
	// Data and Keys are when the parts were made.
	Data, Keys time.Time
	Records    int
}

// Load puts a backup into a store in which nothing is yet. Afterwards the store
// is closed, opened again and given to Settle.
func (s *Store) Load(ctx context.Context, o Restore) (Restored, error) {
	var out Restored
	var open [2]*opened
	for i, in := range []struct {
		part Part
		r    io.Reader
	}{{DataPart, o.Data}, {KeysPart, o.Keys}} {
		a, err := openArchive(in.r, o.Secrets)
		if err == nil && a.Part != in.part {
			err = fmt.Errorf("this file holds the %s of a backup, wanted its %s", a.Part, in.part)
		}
		if err != nil {
			return out, fmt.Errorf("restore %s: %w", in.part, err)
		}
		open[i] = a
	}
	out.Practice, out.Data, out.Keys = open[0].Practice, open[0].At, open[1].At
	if out.Keys.Before(out.Data) {
		return out, fmt.Errorf("restore: the keys part is older than the data, of %s, and lacks keys: name one made with it or later", out.Data.Local().Format(time.DateTime))
	}
	for _, a := range open {
		if err := s.loadAll(ctx, a, o.Progress); err != nil {
			return out, fmt.Errorf("restore %s: %w", a.Part, err)
		}
		out.Records += a.total
	}
	return out, nil
}

// loadAll loads the streams of one part.
func (s *Store) loadAll(ctx context.Context, a *opened, progress func(int)) error {
	for {
		it, err := a.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !slices.Contains(parts[a.Part], it.Begin) {
			return damaged(errors.New("it holds something that belongs into no backup"))
		}
		if err := s.loadStream(ctx, a, it.Begin, progress); err != nil {
			return err
		}
	}
}

func (s *Store) loadStream(ctx context.Context, a *opened, stream string, progress func(int)) error {
	var end item
	next := func() (bus.Message, error) {
		it, err := a.next()
		switch {
		case errors.Is(err, io.EOF): // of all, and not of the stream
			return bus.Message{}, damaged(io.ErrUnexpectedEOF)
		case err != nil:
			return bus.Message{}, err
		case it.Msg == nil:
			end = it
			return bus.Message{}, io.EOF
		}
		if progress != nil && a.total%1000 == 0 {
			progress(a.total)
		}
		return *it.Msg, nil
	}
	// Both parts bring tombstones: each counts.
	if stream == "KV_gone" {
		return s.loadGone(ctx, next)
	}
	where, err := s.bus.Load(ctx, stream, next)
	if err != nil {
		return err
	}
	for name, old := range end.Readers {
		if err := s.bus.SetReader(ctx, stream, name, where(old)); err != nil {
			return err
		}
	}
	return nil
}

// Settle makes a store that was loaded fit to go on: what was erased is erased
// again, what may have gone out since is for a person to look at, and the audit
// tells of it.
func (s *Store) Settle(ctx context.Context, desk Scrubber, r Restored, by audit.Act) error {
	by.Do, by.Note = "restored", fmt.Sprintf("data of %s, keys of %s", r.Data.UTC().Format(time.RFC3339), r.Keys.UTC().Format(time.RFC3339))
	if err := s.Audit.Append(ctx, by); err != nil {
		return err
	}
	for c := range s.Cases.All() {
		if err := s.settle(ctx, c.ID(), r.Data); err != nil {
			return err
		}
	}
	return s.Mend(ctx, desk)
}

// settle makes one case fit to go on. The audit was read after the case and may
// hold later entries of it, whose numbers are not used again.
func (s *Store) settle(ctx context.Context, id string, backup time.Time) error {
	c, err := s.Cases.Get(ctx, id)
	if err != nil {
		return err
	}
	audited, err := s.Audit.Projected(ctx, id)
	if err != nil {
		return err
	}
	ahead := audited > max(c.Noted, len(c.History))
	if ahead {
		c.History, c.Noted = c.Numbered(), audited
	}
	after, changed := respond.Restored(c, backup, s.now())
	if !changed && !ahead {
		return nil
	}
	_, err = s.Cases.Update(ctx, after)
	return err
}
