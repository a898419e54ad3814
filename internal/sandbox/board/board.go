// Package board keeps what stands on the played platforms: posts and comments,
// what was changed about them, and the log it all is rebuilt from after a kill.
// It knows no platform.
package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"
)

// Item is a post or a comment of any platform.
type Item struct {
	ID       string `json:"id"`
	Platform string `json:"platform"`
	// Kind is empty for a comment, else one of the kinds of posts.
	Kind string `json:"kind,omitempty"`
	// Name is what a control called the post when it was made.
	Name string `json:"name,omitempty"`
	// Post is what a comment stands under, Parent the comment it answers and
	// Root the top-level comment above it.
	Post   string `json:"post,omitempty"`
	Parent string `json:"parent,omitempty"`
	Root   string `json:"root,omitempty"`
	// Author is empty when the platform does not tell who it was.
	Author  string    `json:"author,omitempty"`
	Own     bool      `json:"own,omitempty"` // the practice wrote it
	Text    string    `json:"text"`
	Media   string    `json:"media,omitempty"`
	Created time.Time `json:"created"`

	Hidden  bool      `json:"hidden,omitempty"`
	Deleted bool      `json:"deleted,omitempty"`
	Private []Message `json:"private,omitempty"`
	// Edits counts the edits, Edited is when the last one was made.
	Edits  int       `json:"edits,omitempty"`
	Edited time.Time `json:"edited,omitzero"`
	// Versions are what it said before each edit, oldest first.
	Versions []Version `json:"versions,omitempty"`
	// More holds what only one platform knows, such as the stars of a review.
	More map[string]string `json:"more,omitempty"`
}

// Message is a private answer to a comment.
type Message struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Version is a text that was edited away.
type Version struct {
	Text  string    `json:"text"`
	Until time.Time `json:"until"`
	// Number of the edit among everything that was ever made.
	Number int `json:"number"`
}

// The kinds of posts.
const (
	PagePost    = "page"    // by the practice
	VisitorPost = "visitor" // by somebody else, on the practice's page
	DarkPost    = "dark"    // an advertisement that is in no feed
)

// The things that are written to the log.
const (
	Add     = "add"
	Edit    = "edit"
	Hide    = "hide"
	Delete  = "delete"
	Restore = "restore" // takes Delete back
	Private = "private"
	Set     = "set"
	Setting = "setting"
	Reset   = "reset"
)

// Record is one line of the log: what changed.
type Record struct {
	Op     string    `json:"op"`
	Item   *Item     `json:"item,omitempty"`
	ID     string    `json:"id,omitempty"`
	Text   string    `json:"text,omitempty"`
	Hidden bool      `json:"hidden,omitempty"`
	At     time.Time `json:"at,omitzero"`
	// Key of Item.More that is set to Text; of a platform's settings, if the
	// record is a Setting, and ID the platform's name.
	Key string `json:"key,omitempty"`
}

// Board is the state and the log it is rebuilt from. A change is on disk before
// it is seen. One caller at a time uses it.
type Board struct {
	file *os.File // nil: memory only
	size int64    // of what is whole in file
	// Items are in the order they were made.
	Items []*Item
	ByID  map[string]*Item
	// Made counts the items and edits ever made; a reset does not give ids out
	// again.
	Made int
	// Settings are what is set for a platform as a whole, by its name: its
	// switches, and what it has to remember itself.
	Settings map[string]map[string]string
}

const (
	logName    = "sandbox.jsonl"
	holderName = "holder" // says which process holds the log
)

// Open reads the board kept in dir and locks it for this process; an empty dir
// keeps it in memory only.
func Open(dir string) (*Board, error) {
	b := &Board{ByID: map[string]*Item{}, Settings: map[string]map[string]string{}}
	if dir == "" {
		return b, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the sandbox's directory: %w: make it writable, or name another with --data", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, logName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's log: %w: make its directory writable, or name another with --data", err)
	}
	b.file = file
	if err := b.load(dir); err != nil {
		_ = file.Close()
		return nil, err
	}
	return b, nil
}

// load locks the log, replays it and cuts off what a kill left torn.
func (b *Board) load(dir string) error {
	holder := filepath.Join(dir, holderName)
	if err := lock(b.file); err != nil {
		by, _ := os.ReadFile(holder)
		return fmt.Errorf("another sandbox is using the directory %s, %s: stop it or name another directory (%w)", dir, bytes.TrimSpace(by), err)
	}
	by := fmt.Appendf(nil, "process %d, started %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := os.WriteFile(holder, by, 0o600); err != nil {
		return fmt.Errorf("write into the sandbox's directory: %w: make it writable, or name another with --data", err)
	}
	data, err := io.ReadAll(b.file)
	if err != nil {
		return fmt.Errorf("read the sandbox's log: %w", err)
	}
	if err := b.replay(data); err != nil {
		return err
	}
	if err := b.file.Truncate(b.size); err != nil {
		return fmt.Errorf("cut the sandbox's log: %w", err)
	}
	return syncDir(dir)
}

// syncDir makes the log's name as durable as its lines.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open the sandbox's directory: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync the sandbox's directory: %w", err)
	}
	return nil
}

// replay applies the whole lines of data. A last line without its end, or
// whose blocks never reached the disk, was never answered: it is dropped.
func (b *Board) replay(data []byte) error {
	for n := 1; ; n++ {
		end := bytes.IndexByte(data[b.size:], '\n')
		if end < 0 {
			return nil
		}
		line := data[b.size : b.size+int64(end)]
		var rec Record
		if err := json.Unmarshal(line, &rec); err != nil {
			if b.size+int64(end)+1 == int64(len(data)) {
				return nil
			}
			return fmt.Errorf("the sandbox's log %s is damaged at line %d: move it away to start afresh", logName, n)
		}
		b.apply(rec)
		b.size += int64(end) + 1
	}
}

// Write makes the changes durable, then visible: all of them or, after an
// error, none.
func (b *Board) Write(recs ...Record) error {
	var lines bytes.Buffer
	for _, rec := range recs {
		line, err := json.Marshal(rec)
		if err != nil {
			return fmt.Errorf("encode a change: %w", err)
		}
		lines.Write(line)
		lines.WriteByte('\n')
	}
	if err := b.append(lines.Bytes()); err != nil {
		return err
	}
	for _, rec := range recs {
		b.apply(rec)
	}
	return nil
}

func (b *Board) append(lines []byte) error {
	if b.file == nil {
		return nil
	}
	_, err := b.file.WriteAt(lines, b.size)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the sandbox's log: %w", err), b.file.Truncate(b.size))
	}
	b.size += int64(len(lines))
	return nil
}

// apply changes the state; replaying the log repeats it exactly.
func (b *Board) apply(rec Record) {
	switch it := b.ByID[rec.ID]; {
	case rec.Op == Reset:
		b.Items, b.ByID, b.Settings = nil, map[string]*Item{}, map[string]map[string]string{}
	case rec.Op == Setting:
		b.set(rec)
	case rec.Op == Add && rec.Item != nil:
		b.Made++
		added := *rec.Item
		b.Items = append(b.Items, &added)
		b.ByID[added.ID] = &added
	case it == nil:
	case rec.Op == Edit:
		it.Versions = append(it.Versions, Version{Text: it.Text, Until: rec.At, Number: b.Made})
		it.Text, it.Edited = rec.Text, rec.At
		it.Edits++
		b.Made++
	case rec.Op == Set:
		it.More = maps.Clone(it.More)
		if it.More == nil {
			it.More = map[string]string{}
		}
		it.More[rec.Key] = rec.Text
	case rec.Op == Hide:
		it.Hidden = rec.Hidden
	case rec.Op == Delete, rec.Op == Restore:
		it.Deleted = rec.Op == Delete
	case rec.Op == Private:
		it.Private = append(it.Private, Message{Text: rec.Text, At: rec.At})
	}
}

// set changes a setting; an empty text takes it back.
func (b *Board) set(rec Record) {
	of := b.Settings[rec.ID]
	if of == nil {
		of = map[string]string{}
		b.Settings[rec.ID] = of
	}
	of[rec.Key] = rec.Text
	if rec.Text == "" {
		delete(of, rec.Key)
	}
}

// Gone reports whether it cannot be seen any more: itself, what it answers or
// what it stands under was deleted.
func (b *Board) Gone(it *Item) bool {
	if it == nil || it.Deleted {
		return true
	}
	for _, above := range []string{it.Parent, it.Root, it.Post} {
		if up := b.ByID[above]; above != "" && (up == nil || up.Deleted) {
			return true
		}
	}
	return false
}

// Close releases the directory.
func (b *Board) Close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}
