package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash"
	"time"
)

// chain puts records behind the last one. It is used by one at a time.
type chain struct {
	Journal
	now    func() time.Time
	mac    hash.Hash
	writer string

	// The end of the chain and its place in the journal, and by case the index
	// recorded last, as of the last append: the next one's compare-and-set proves
	// that they still hold. An end of nil is not known.
	end   *Record
	place uint64
	seen  map[string]int
}

// draft is a record to be chained, and who waits for it.
type draft struct {
	request *request
	record  Record
}

// seenMost bounds the memory for cases; one that is forgotten is looked up.
const seenMost = 10_000

// put makes drafts durable. With an error it returns those that are not.
func (c *chain) put(ctx context.Context, drafts []draft) (left []draft, err error) {
	for {
		fresh, entries, err := c.link(ctx, drafts)
		if err != nil {
			return drafts, err
		}
		if len(entries) == 0 {
			return nil, nil
		}
		after := c.place
		if c.place, err = c.Append(ctx, after, entries); err == nil {
			end := fresh[len(fresh)-1].record
			c.end = &end
			return nil, nil
		}
		c.forget()
		// An append can fail and yet be stored, wholly or in part, and a repeat of
		// it inside the journal can look like somebody else's.
		n, lost := c.landed(ctx, after, entries)
		drafts = fresh[n:]
		if len(drafts) == 0 {
			return nil, nil
		}
		if !errors.Is(err, ErrConflict) || lost != nil || ctx.Err() != nil {
			return drafts, errors.Join(err, lost)
		}
	}
}

// link chains the drafts that are not recorded yet.
func (c *chain) link(ctx context.Context, drafts []draft) (fresh []draft, entries []Entry, err error) {
	if c.end == nil {
		place, end, err := last(ctx, c.Journal, c.mac)
		if err != nil {
			return nil, nil, err
		}
		c.end, c.place = end, place
	}
	if c.seen == nil || len(c.seen) > seenMost {
		c.seen = map[string]int{}
	}
	end := c.end
	for _, d := range drafts {
		known, err := c.known(ctx, &d.record)
		switch {
		case errors.Is(err, ErrGap):
			d.request.err = err
			continue
		case err != nil:
			c.forget()
			return nil, nil, err
		case known:
			continue
		}
		r := &d.record
		r.N, r.Prev, r.Writer, r.Logged = end.N+1, end.MAC, c.writer, c.now()
		if r.At.IsZero() {
			r.At = r.Logged
		}
		entries = append(entries, Entry{Key: r.key(), Data: r.seal(c.mac)})
		fresh, end = append(fresh, d), r
	}
	return fresh, entries, nil
}

// known tells whether an act of a case's history is recorded, or before it in
// the same append.
func (c *chain) known(ctx context.Context, r *Record) (bool, error) {
	if r.Ref == "" {
		return false, nil
	}
	id := r.key()
	last, ok := c.seen[id]
	if !ok {
		var err error
		if last, err = c.lookUp(ctx, id); err != nil {
			return false, err
		}
	}
	i, err := r.index()
	if err == nil && i > last+1 {
		err = ErrGap
	}
	if err != nil {
		return false, err
	}
	c.seen[id] = max(i, last)
	return i <= last, nil
}

// lookUp returns the index recorded last of a case; -1 if there is none.
func (c *chain) lookUp(ctx context.Context, id string) (int, error) {
	e, err := c.LastOf(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	r, err := unseal(c.mac, e.Data)
	if err != nil {
		return 0, err
	}
	if r.key() != id {
		return 0, fmt.Errorf("%w (record %d is filed under another case)", ErrBroken, r.N)
	}
	return r.index()
}

// errEnough ends a walk through a journal early.
var errEnough = errors.New("enough")

// landed counts how many of the entries stand in the journal after a number.
func (c *chain) landed(ctx context.Context, after uint64, entries []Entry) (n int, err error) {
	err = c.Each(ctx, after+1, func(_ uint64, e Entry) error {
		if n == len(entries) || !bytes.Equal(e.Data, entries[n].Data) {
			return errEnough
		}
		n++
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return n, err
}

func (c *chain) forget() { c.end, c.seen = nil, nil }

// last returns the last record of a journal and its place there, or one without
// a number if it is empty. Of one that does not verify it returns what it can.
// Number and place differ once records were lost and the rest was restored from
// a backup: that is for Verify to tell, and keeps nothing from being recorded.
func last(ctx context.Context, j Journal, h hash.Hash) (place uint64, end *Record, err error) {
	place, e, err := j.Last(ctx)
	if err != nil || place == 0 {
		return 0, &Record{}, err
	}
	r, err := unseal(h, e.Data)
	return place, &r, err
}
