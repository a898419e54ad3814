package ingest

import (
	"context"
	"errors"
	"time"
)

// Source reads the comments of one account.
type Source interface {
	// Sweep reads what is there since mark, with as much overlap as the
	// platform needs to show edits and late approvals, and hands it on in
	// batches. Order does not matter and repeats are harmless. It returns the
	// mark for the next sweep; with an error the old mark stays in force, and
	// what was handed on stays handed on. With an older mark than the last one
	// it reads as far back as that says. Comments come with Content filled
	// and without ID, Version, Thread, Parent and Seen: the Poller names them.
	Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error)
}

// Whole is a Source that hands on everything there is under a post, so that
// what it leaves out is not shown to it any more. One that cannot say so is no
// Whole.
type Whole interface {
	// Posts are the platform's ids of the posts of which the last successful
	// Sweep handed on every comment.
	Posts() []string
}

// Peeker is a Source that can look for what is new at less cost than a Sweep.
type Peeker interface {
	// Peek hands on what was written lately, newest first, and may end a list
	// where known says that an item was handed on before. Edits, deletions and
	// late approvals are left to Sweep, and so is what an error left out.
	Peek(ctx context.Context, mark Mark, known Known, emit Emit) error
}

// Known reports whether the item with the platform's id was handed on in this
// run. An item of which that is not known any more may be unknown.
type Known func(item string) bool

// Metered is a Source that counts its calls.
type Metered interface{ Meter() Meter }

// Meter is how much of what a platform grants is used.
type Meter struct {
	// Calls is how many requests were sent since the start, writes included.
	Calls int64
	// Used is the use that the platform last reported, in percent of what it
	// grants; 0: it does not say.
	Used int
	// Reset is when it grants anew; zero: it does not say.
	Reset time.Time
	// Skew is how far its clock is ahead of ours, see HTTP.Skew; 0: it does not say.
	Skew time.Duration
}

// Emit takes a batch of comments. When it returns nil they are safe.
type Emit func(ctx context.Context, batch []Comment) error

// Mark bounds the next sweep. It is a hint that saves work, never the thing
// that keeps comments from being lost or taken twice.
type Mark struct {
	// Time: everything created before it was seen (platforms).
	Time time.Time `json:"time,omitzero"`
	// Offset and Line: everything before them was read (files).
	Offset int64 `json:"offset,omitempty"`
	Line   int64 `json:"line,omitempty"`
	// File tells one file from the next under the same name.
	File string `json:"file,omitempty"`
	// More: there is more to read at once.
	More bool `json:"-"`
}

// Sink takes events. Handing over the same one twice is harmless.
type Sink interface {
	Publish(ctx context.Context, batch []Comment) error
}

// Keeper keeps the contents of comments, sealed, under Comment.Key. Keeping
// the same one twice is harmless.
type Keeper interface {
	Keep(ctx context.Context, batch []Comment) error
}

// Marks remembers how far each account was read.
type Marks interface {
	// Load returns the zero Mark for an account never read.
	Load(ctx context.Context, platform, account string) (Mark, error)
	// Save returns ErrStale, and stores nothing, if the account is read under a
	// later fence by now.
	Save(ctx context.Context, platform, account string, mark Mark, fence uint64) error
}

// ErrStale: somebody else reads the account now.
var ErrStale = errors.New("the account is read by another process now")

// Account answers for single comments, and for itself.
type Account interface {
	// Observe is Actor's.
	Observe(ctx context.Context, item string) (Observation, error)
	Check(ctx context.Context) []Finding
}

// Kept is what is kept of comments.
type Kept interface {
	// Known lists the ids of the comments of a thread of which something is
	// kept. What was erased need not be among them.
	Known(ctx context.Context, thread string) ([]string, error)
	// Item is the platform's id of a comment; empty where its words are not kept
	// any more.
	Item(ctx context.Context, id string) (string, error)
	// Deleted erases comments that their authors deleted. Telling it twice is
	// harmless.
	Deleted(ctx context.Context, ids []string) error
}
