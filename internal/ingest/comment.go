// Package ingest reads comments from platforms, each once, and owns the
// vocabulary spoken with them in both directions: what was said (Comment) and
// what may be done about it (Action, Observation, Outcome).
//
// It knows no queue, no store and no judgement: it hands comments to a Sink
// and their texts to a Keeper, and those are somebody else's.
package ingest

import (
	"fmt"
	"io"
	"time"

	"go.uber.org/zap/zapcore"
)

// Comment is one version of one public comment. Its event carries ids, times
// and facts about the platform; what the person wrote and who the person is
// are in Content, which is kept sealed elsewhere and never encoded with it.
type Comment struct {
	// ID stands for the comment everywhere: a keyed hash of platform, account
	// and the platform's own id, made by Namer. It tells an outsider nothing.
	ID string `json:"id"`
	// Version is a keyed hash of the text: an edit is a new version.
	Version string `json:"version"`
	// Edit counts the versions of the comment that came before this one. A
	// comment edited back to what it said has the old Version and a new Edit.
	Edit int `json:"edit,omitempty"`
	// Platform is the platform's name in lower case, such as "facebook".
	Platform string `json:"platform"`
	// Account is the name of the account in the configuration.
	Account string `json:"account"`
	// Thread is the id of the post (or its like) that was commented on.
	Thread string `json:"thread,omitempty"`
	// Parent is the id of the comment this one answers; empty at top level.
	Parent  string    `json:"parent,omitempty"`
	Created time.Time `json:"created"`
	// Seen is when this version was first read, by our clock.
	Seen time.Time `json:"seen"`
	// Own says that the practice itself wrote it.
	Own bool `json:"own,omitempty"`
	// Media says that a picture, video or sticker belongs to it.
	Media bool `json:"media,omitempty"`
	// Truncated says that the text was longer than MaxText and was cut.
	Truncated bool `json:"truncated,omitempty"`
	// Hidden says that the platform or the practice already hides it.
	Hidden bool `json:"hidden,omitempty"`
	// CanHide says that the platform lets the practice hide it.
	CanHide bool `json:"can_hide,omitempty"`
	// PrivateUntil is until when a private answer is possible; zero: it is not.
	PrivateUntil time.Time `json:"private_until,omitzero"`
	// NoReply says that the platform would refuse a public reply from here.
	NoReply bool `json:"no_reply,omitempty"`
	// Unjudged says that the platform's terms forbid to infer anything from it:
	// it is never given to the classifier.
	Unjudged bool `json:"unjudged,omitempty"`
	// Standing is how the platform's own review of it stands, where there is one.
	Standing Standing `json:"standing,omitempty"`

	Content Content `json:"-"`
}

// Standing is how a platform's own review of a text stands.
type Standing string

// How a platform's own review can stand. Shown is also that of platforms without
// one.
const (
	Shown    Standing = ""
	Pending  Standing = "pending"  // stored, and nobody sees it yet
	Rejected Standing = "rejected" // nobody will see it
)

// MaxText is the longest text in bytes that is kept and judged.
const MaxText = 256 << 10

// Key names the content of this version.
func (c Comment) Key() string { return c.ID + "." + c.Version }

// Content is what must stay private: the words, the person, and everything
// that leads back to them. It prints as its size only.
type Content struct {
	Text     string `json:"text"`
	Author   string `json:"author,omitempty"`
	AuthorID string `json:"author_id,omitempty"`
	// Item, Post and Parent are the platform's own ids, opaque to us.
	Item   string `json:"item"`
	Post   string `json:"post,omitempty"`
	Parent string `json:"parent,omitempty"`
	// Link leads to the comment on the platform.
	Link string `json:"link,omitempty"`
	// Title is the beginning of the post that was commented on.
	Title string `json:"title,omitempty"`
}

// Format keeps the content out of every formatted string, whatever the verb.
func (c Content) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.redacted()) }

// MarshalLogObject keeps the content out of the log.
func (c Content) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddInt("bytes", len(c.Text))
	return nil
}

func (c Content) redacted() string { return fmt.Sprintf("[content of %d bytes]", len(c.Text)) }
