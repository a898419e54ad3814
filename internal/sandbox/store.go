package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// item is a post or a comment of any platform.
type item struct {
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
	Private []message `json:"private,omitempty"`
}

// message is a private answer to a comment.
type message struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// The kinds of posts.
const (
	pagePost    = "page"    // by the practice
	visitorPost = "visitor" // by somebody else, on the practice's page
	darkPost    = "dark"    // an advertisement that is in no feed
)

// The things that are written to the log.
const (
	opAdd     = "add"
	opEdit    = "edit"
	opHide    = "hide"
	opDelete  = "delete"
	opPrivate = "private"
	opReset   = "reset"
)

// record is one line of the log: what changed.
type record struct {
	Op     string    `json:"op"`
	Item   *item     `json:"item,omitempty"`
	ID     string    `json:"id,omitempty"`
	Text   string    `json:"text,omitempty"`
	Hidden bool      `json:"hidden,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// store is the state and the log it is rebuilt from. A change is on disk
// before it is seen. Callers hold Server.mu.
type store struct {
	file  *os.File // nil: memory only
	size  int64    // of what is whole in file
	items []*item  // in the order they were made
	byID  map[string]*item
	made  int // items ever made; a reset does not give ids out again
}

const (
	logName    = "sandbox.jsonl"
	holderName = "holder" // says which process holds the log
)

func openStore(dir string) (*store, error) {
	st := &store{byID: map[string]*item{}}
	if dir == "" {
		return st, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the sandbox's directory: %w: make it writable, or name another with --data", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, logName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's log: %w: make its directory writable, or name another with --data", err)
	}
	st.file = file
	if err := st.load(dir); err != nil {
		_ = file.Close()
		return nil, err
	}
	return st, nil
}

// load locks the log, replays it and cuts off what a kill left torn.
func (st *store) load(dir string) error {
	holder := filepath.Join(dir, holderName)
	if err := lock(st.file); err != nil {
		by, _ := os.ReadFile(holder)
		return fmt.Errorf("another sandbox is using the directory %s, %s: stop it or name another directory (%w)", dir, bytes.TrimSpace(by), err)
	}
	by := fmt.Appendf(nil, "process %d, started %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := os.WriteFile(holder, by, 0o600); err != nil {
		return fmt.Errorf("write into the sandbox's directory: %w: make it writable, or name another with --data", err)
	}
	data, err := io.ReadAll(st.file)
	if err != nil {
		return fmt.Errorf("read the sandbox's log: %w", err)
	}
	if err := st.replay(data); err != nil {
		return err
	}
	if err := st.file.Truncate(st.size); err != nil {
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
func (st *store) replay(data []byte) error {
	for n := 1; ; n++ {
		end := bytes.IndexByte(data[st.size:], '\n')
		if end < 0 {
			return nil
		}
		line := data[st.size : st.size+int64(end)]
		var rec record
		if err := json.Unmarshal(line, &rec); err != nil {
			if st.size+int64(end)+1 == int64(len(data)) {
				return nil
			}
			return fmt.Errorf("the sandbox's log %s is damaged at line %d: move it away to start afresh", logName, n)
		}
		st.apply(rec)
		st.size += int64(end) + 1
	}
}

// write makes the changes durable, then visible: all of them or, after an
// error, none.
func (st *store) write(recs ...record) error {
	var lines bytes.Buffer
	for _, rec := range recs {
		line, err := json.Marshal(rec)
		if err != nil {
			return fmt.Errorf("encode a change: %w", err)
		}
		lines.Write(line)
		lines.WriteByte('\n')
	}
	if err := st.append(lines.Bytes()); err != nil {
		return err
	}
	for _, rec := range recs {
		st.apply(rec)
	}
	return nil
}

func (st *store) append(lines []byte) error {
	if st.file == nil {
		return nil
	}
	_, err := st.file.WriteAt(lines, st.size)
	if err == nil {
		err = st.file.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the sandbox's log: %w", err), st.file.Truncate(st.size))
	}
	st.size += int64(len(lines))
	return nil
}

// apply changes the state; replaying the log repeats it exactly.
func (st *store) apply(rec record) {
	switch it := st.byID[rec.ID]; {
	case rec.Op == opReset:
		st.items, st.byID = nil, map[string]*item{}
	case rec.Op == opAdd && rec.Item != nil:
		st.made++
		added := *rec.Item
		st.items = append(st.items, &added)
		st.byID[added.ID] = &added
	case it == nil:
	case rec.Op == opEdit:
		it.Text = rec.Text
	case rec.Op == opHide:
		it.Hidden = rec.Hidden
	case rec.Op == opDelete:
		it.Deleted = true
	case rec.Op == opPrivate:
		it.Private = append(it.Private, message{Text: rec.Text, At: rec.At})
	}
}

// gone reports whether it cannot be seen any more: itself, what it answers or
// what it stands under was deleted.
func (st *store) gone(it *item) bool {
	if it == nil || it.Deleted {
		return true
	}
	for _, above := range []string{it.Parent, it.Root, it.Post} {
		if up := st.byID[above]; above != "" && (up == nil || up.Deleted) {
			return true
		}
	}
	return false
}

func (st *store) close() error {
	if st.file == nil {
		return nil
	}
	return st.file.Close()
}
