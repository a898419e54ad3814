package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"triage/internal/bus"
	"triage/internal/people"
)

// Users implements people.Store.
type Users struct{ bucket *bus.Bucket[people.User] }

// Get implements people.Store.
func (s Users) Get(ctx context.Context, name string) (people.User, error) {
	r, err := s.bucket.Get(ctx, name)
	if errors.Is(err, bus.ErrNotFound) {
		return people.User{}, people.ErrNotFound
	}
	r.Value.Revision = r.Revision
	return r.Value, err
}

// Create implements people.Store.
func (s Users) Create(ctx context.Context, u people.User) error {
	_, err := s.bucket.Insert(ctx, u)
	if errors.Is(err, bus.ErrExists) {
		return people.ErrExists
	}
	return err
}

// Update implements people.Store.
func (s Users) Update(ctx context.Context, u people.User) error {
	_, err := s.bucket.Update(ctx, u, u.Revision)
	if errors.Is(err, bus.ErrConflict) {
		return people.ErrConflict
	}
	return err
}

// All implements people.Store.
func (s Users) All(context.Context) ([]people.User, error) {
	var out []people.User
	for _, r := range s.bucket.All() {
		u := r.Value
		u.Revision = r.Revision
		out = append(out, u)
	}
	return out, nil
}

// session is a login, under the hash of its token.
type session struct {
	Token  string    `json:"token"`
	Data   []byte    `json:"data"`
	Expiry time.Time `json:"expiry"`
	// Used is when it was last used, to show it.
	Used time.Time `json:"used,omitzero"`
	// Ended: it is over before its time. What was under way in it cannot bring it
	// back.
	Ended bool `json:"ended,omitempty"`
}

// Key implements bus.Keyed.
func (s session) Key() string { return s.Token }

// Sessions implements scs.Store and people.Sessions. Who a session is of is in its
// data; all of them are in memory, so that looking through them costs no call.
type Sessions struct {
	bucket *bus.Bucket[session]
	log    *zap.Logger
}

const sessionCall = 5 * time.Second

// Find implements scs.Store.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCall)
	defer cancel()
	r, err := s.bucket.Get(ctx, token)
	if errors.Is(err, bus.ErrNotFound) || err == nil && r.Value.over(time.Now()) {
		return nil, false, nil
	}
	return r.Value.Data, err == nil, err
}

// Commit implements scs.Store.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCall)
	defer cancel()
	err := s.keep(ctx, session{Token: token, Data: data, Expiry: expiry, Used: time.Now()})
	if err == nil {
		return nil
	}
	// A store that takes nothing does not take the desk away too: whoever is
	// signed in stays so, until the time stored before.
	if _, found, readErr := s.Find(token); found && readErr == nil {
		return nil
	}
	return err
}

// keepTries is how often a session is stored that several requests use at once.
const keepTries = 10

// keep stores a session, unless it is over.
func (s Sessions) keep(ctx context.Context, one session) error {
	err := bus.ErrConflict
	for i := 0; i < keepTries && (errors.Is(err, bus.ErrConflict) || errors.Is(err, bus.ErrExists)); i++ {
		var r bus.Revised[session]
		r, err = s.bucket.Get(ctx, one.Token)
		switch {
		case errors.Is(err, bus.ErrNotFound):
			_, err = s.bucket.Insert(ctx, one)
		case err == nil && !r.Value.Ended && !r.Value.says(one):
			_, err = s.bucket.Update(ctx, one, r.Revision)
		}
	}
	return err
}

// usedEvery is how exactly it is stored when a session was last used: each page that
// is looked at uses it, and storing waits for the disk.
const usedEvery = 30 * time.Second

// says reports whether a stored session says all that a newer one does, but for that it
// was used once more a moment later.
func (s session) says(newer session) bool {
	if d := newer.Expiry.Sub(s.Expiry); d < 0 || d >= usedEvery {
		return false
	}
	ends, was, err := scs.GobCodec{}.Decode(s.Data)
	endsNow, is, errNow := scs.GobCodec{}.Decode(newer.Data)
	if err != nil || errNow != nil || !ends.Equal(endsNow) {
		return false
	}
	delete(was, people.SessionUsed)
	delete(is, people.SessionUsed)
	return reflect.DeepEqual(was, is)
}

// over reports whether a session is.
func (s session) over(now time.Time) bool { return s.Ended || now.After(s.Expiry) }

// Delete implements scs.Store.
func (s Sessions) Delete(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCall)
	defer cancel()
	return s.End(ctx, token)
}

// Of implements people.Sessions.
func (s Sessions) Of(_ context.Context, name string) ([]people.Session, error) {
	var out []people.Session
	for _, r := range s.bucket.All() {
		one, ok := r.Value.told()
		if ok && one.User == name && !r.Value.over(time.Now()) {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b people.Session) int {
		return cmp.Or(b.Used.Compare(a.Used), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// told is what a session holds about itself; ok is false for one of nobody yet.
func (s session) told() (one people.Session, ok bool) {
	_, values, err := scs.GobCodec{}.Decode(s.Data)
	if err != nil {
		return one, false
	}
	text := func(name string) string { t, _ := values[name].(string); return t }
	since, _ := values[people.SessionSince].(int64)
	one = people.Session{ID: s.Token, User: text(people.SessionUser), Since: time.Unix(since, 0), Used: s.Used,
		Place: text(people.SessionPlace), Browser: text(people.SessionBrowser), By: text(people.SessionBy)}
	return one, one.User != ""
}

// End implements people.Sessions. That it is over is kept until it would have been.
func (s Sessions) End(ctx context.Context, id string) error {
	r, err := s.bucket.Get(ctx, id)
	if errors.Is(err, bus.ErrNotFound) || err == nil && r.Value.Ended {
		return nil
	}
	if err == nil {
		_, err = s.bucket.Put(ctx, session{Token: id, Expiry: r.Value.Expiry, Ended: true})
	}
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// prune forgets the sessions that are over.
func (s Sessions) prune(ctx context.Context) error {
	var errs []error
	for _, r := range s.bucket.All() {
		if time.Now().After(r.Value.Expiry) {
			errs = append(errs, s.bucket.Delete(ctx, r.Value.Token))
		}
	}
	return errors.Join(errs...)
}

// KeepPruned prunes until ctx ends. Old sessions that cannot be forgotten now,
// such as when the store is full, are forgotten later.
func (s Sessions) KeepPruned(ctx context.Context) error {
	every := time.NewTicker(time.Hour)
	defer every.Stop()
	for {
		if err := s.prune(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("old sessions stay for now", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}
