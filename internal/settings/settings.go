// Package settings holds what may be changed while the service runs: values
// that begin as the configuration file says, changed by people one version
// after the other, and read without I/O. It does not know what they mean.
package settings

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// What callers branch on.
var (
	// ErrConflict says that somebody else changed the setting meanwhile.
	ErrConflict = errors.New("somebody changed it meanwhile: look at it again")
	// ErrUnknown says that there is no setting of that name.
	ErrUnknown = errors.New("no such setting")
	// ErrRefused says that a value cannot be one of that setting's.
	ErrRefused = errors.New("not a value for this setting")
)

// Setting is something that may be changed.
type Setting struct {
	// Name is what it is called everywhere, such as "posting.undo".
	Name string
	// About is one sentence for people.
	About string
	// Default is the value as the configuration file has it.
	Default string
	// Parse reads a value, always as the same type. Its error tells people what
	// to write. What it returns is shared and never changed.
	Parse func(string) (any, error)
	// Widens reports whether going from one value to another lets more happen without
	// a person: then, under four eyes, a second person has to confirm it. nil: never.
	Widens func(from, to any) bool
	// Eyes: this is the setting, a bool, that says whether there are four eyes.
	Eyes bool
}

// Record is what is stored of a setting that was ever changed.
type Record struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	// FromFile: it was given back to the file, and Value is empty.
	FromFile bool `json:"from_file,omitempty"`
	// History has the newest hundred changes, oldest first.
	History []Edit `json:"history"`
	// Proposed waits for a second person; nil: nothing does.
	Proposed *Proposed `json:"proposed,omitempty"`
	// Revision is the store's.
	Revision uint64 `json:"-"`
}

// Edit is one change.
type Edit struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Second is who confirmed it; empty: it took one person.
	Second string `json:"second,omitempty"`
	From   string `json:"from"`
	To     string `json:"to"`
	// ToFile: it was given back to the file, which said To then.
	ToFile bool `json:"to_file,omitempty"`
}

const historyMost = 100

// Store keeps records. It is safe for concurrent use.
type Store interface {
	// All returns every record, from memory. They are shared and not changed.
	All() []Record
	// Put stores a record over the given revision of it, 0 if there is none, and
	// returns the new one, or ErrConflict if another is stored.
	Put(ctx context.Context, r Record, revision uint64) (uint64, error)
	// OnChange makes the store call f after each change by anybody, once All
	// shows it.
	OnChange(f func())
}

// Settings is the values in force. It is safe for concurrent use.
type Settings struct {
	store Store
	names []string // in the order given
	known map[string]*entry

	mu        sync.Mutex
	listeners []func(name string)
}

// entry is a setting and its present state, replaced as a whole.
type entry struct {
	Setting
	fallback any
	now      atomic.Pointer[state]
}

// state is what a record, or for want of one the file, makes of a setting.
type state struct {
	record  Record
	text    string // in force
	value   any
	refused error // why the record's value is not in force
}

// New returns the settings with what the store holds. Its error says which
// setting is declared twice or has in the file what it cannot be.
func New(store Store, list []Setting) (*Settings, error) {
	s := &Settings{store: store, known: map[string]*entry{}}
	for _, d := range list {
		if s.known[d.Name] != nil {
			return nil, fmt.Errorf("setting %s: declared twice", d.Name)
		}
		value, err := d.Parse(d.Default)
		if err != nil {
			return nil, fmt.Errorf("setting %s: the configuration file's value: %w", d.Name, err)
		}
		e := &entry{Setting: d, fallback: value}
		e.now.Store(e.state(Record{Name: d.Name, FromFile: true}))
		s.known[d.Name], s.names = e, append(s.names, d.Name)
	}
	store.OnChange(s.refresh)
	s.refresh()
	return s, nil
}

// parse reads a value, which must be of the type of the file's.
func (e *entry) parse(text string) (any, error) {
	value, err := e.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("setting %s: %w: %w", e.Name, ErrRefused, err)
	}
	if reflect.TypeOf(value) != reflect.TypeOf(e.fallback) {
		return nil, fmt.Errorf("setting %s: %w: read as %T, not %T", e.Name, ErrRefused, value, e.fallback)
	}
	return value, nil
}

func (e *entry) state(r Record) *state {
	st := &state{record: r, text: e.Default, value: e.fallback}
	if r.FromFile {
		return st
	}
	value, err := e.parse(r.Value)
	if err != nil {
		st.refused = err
		return st
	}
	st.text, st.value = r.Value, value
	return st
}

// refresh takes over what is new in the store.
func (s *Settings) refresh() {
	for _, r := range s.store.All() {
		s.take(r)
	}
}

// take puts a record in force, unless a newer one is, and tells who listens.
func (s *Settings) take(r Record) {
	e := s.known[r.Name]
	if e == nil {
		return
	}
	s.mu.Lock()
	old := e.now.Load()
	if r.Revision <= old.record.Revision {
		s.mu.Unlock()
		return
	}
	e.now.Store(e.state(r))
	listeners := slices.Clone(s.listeners)
	s.mu.Unlock()
	for _, f := range listeners {
		f(r.Name)
	}
}

// OnChange makes s call f after each change, by whatever process. f reads the
// value it wants itself, and does not wait for long.
func (s *Settings) OnChange(f func(name string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, f)
}

// Value is a setting as its type: an atomic read away.
type Value[T any] struct{ e *entry }

// Of returns a setting's value to be read whenever it is needed. Its error
// says that there is no such setting or that it is of another type.
func Of[T any](s *Settings, name string) (Value[T], error) {
	e := s.known[name]
	if e == nil {
		return Value[T]{}, fmt.Errorf("setting %s: %w", name, ErrUnknown)
	}
	if _, ok := e.fallback.(T); !ok {
		return Value[T]{}, fmt.Errorf("setting %s: is a %T", name, e.fallback)
	}
	return Value[T]{e}, nil
}

// Get returns the value in force.
func (v Value[T]) Get() T { return v.e.now.Load().value.(T) }
