package store

import (
	"context"
	"errors"
	"time"

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
}

// Key implements bus.Keyed.
func (s session) Key() string { return s.Token }

// Sessions implements scs.Store.
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
	if errors.Is(err, bus.ErrNotFound) || err == nil && time.Now().After(r.Value.Expiry) {
		return nil, false, nil
	}
	return r.Value.Data, err == nil, err
}

// Commit implements scs.Store.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCall)
	defer cancel()
	_, err := s.bucket.Put(ctx, session{token, data, expiry})
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

// Delete implements scs.Store.
func (s Sessions) Delete(token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCall)
	defer cancel()
	return s.bucket.Delete(ctx, token)
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
