// Package audit keeps what was done, and by whom: a log that only grows, in
// which every record is chained to the one before by a keyed hash, with signed
// checkpoints outside that vouch for its length. It holds ids, names of users
// and codes, never a word of a comment, so that it outlives every erasure.
package audit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What callers branch on.
var (
	// ErrConflict is a journal's answer to an append after anything but its end.
	ErrConflict = errors.New("the audit log went on")
	// ErrNotFound is a journal's answer where there is no entry under a key.
	ErrNotFound = errors.New("not in the audit log")
	// ErrGap says that acts of a case before these were never recorded: give its
	// history from the beginning.
	ErrGap = errors.New("earlier acts of this case are not in the audit log")
	// ErrAct says that something cannot be recorded as it is given.
	ErrAct = errors.New("not an act that can be recorded")
)

// Act is one thing that was done.
type Act struct {
	// At is when it was done; zero is when it is recorded.
	At time.Time `json:"at"`
	// By is who did it: a user of ours, "triage", or "os/NAME".
	By string `json:"by"`
	// OS is the operating system's user who ran the command, if it was one.
	OS string `json:"os,omitempty"`
	// From is where: "page", "command" or "service"; empty where nobody knows.
	From string `json:"from,omitempty"`
	// Do is what, as a code: signed-in, revealed, approved, setting-changed, ...
	Do string `json:"do"`
	// On is what it was done to: a case's id, a user's or a setting's name.
	On string `json:"on,omitempty"`
	// Note adds codes, versions and counts, never anybody's words.
	Note string `json:"note,omitempty"`
}

// Entry is what a journal keeps: bytes, and the key under which the latest of
// its kind is found. Keys are letters, digits, ".", "_" and "-".
type Entry struct {
	Key  string
	Data []byte
}

// Journal stores entries under consecutive numbers from 1, for good. What one
// call has returned, every later one of any process sees. It is safe for
// concurrent use.
type Journal interface {
	// Append stores entries durably under the numbers following after, and
	// returns the last. If after is not the last number it stores nothing and
	// returns ErrConflict. With another error, the first few may be stored.
	Append(ctx context.Context, after uint64, entries []Entry) (last uint64, err error)
	// Last returns the last entry and its number, which is 0 if there is none.
	Last(ctx context.Context) (seq uint64, e Entry, err error)
	// Each calls f for the entries there are now, in order, beginning with from.
	// An error of f ends it and is returned. f does not keep the bytes.
	Each(ctx context.Context, from uint64, f func(seq uint64, e Entry) error) error
	// LastOf returns the last entry under key, or ErrNotFound.
	LastOf(ctx context.Context, key string) (Entry, error)
}

// direct is the key of the acts that no case's history holds.
const direct = "-"

var (
	codeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
	caseForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	places   = map[string]bool{"": true, "page": true, "command": true, "service": true}
)

// check refuses what could not be told from something else when read back, and
// what looks like text.
func (a Act) check() error {
	switch {
	case a.By == "":
		return fmt.Errorf("%w: nobody did it", ErrAct)
	case !codeForm.MatchString(a.Do):
		return fmt.Errorf("%w: what was done is no code", ErrAct)
	case !places[a.From]:
		return fmt.Errorf("%w: from neither page, command nor service", ErrAct)
	case !a.At.IsZero() && (a.At.Year() < 2000 || a.At.Year() > 2200):
		return fmt.Errorf("%w: the year is %d", ErrAct, a.At.Year())
	}
	for _, s := range []string{a.By, a.OS, a.On, a.Note} {
		if len(s) > 256 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("%w: a field is longer than 256 bytes or not plain text", ErrAct)
		}
	}
	return nil
}
