package settings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Change is what a person wants.
type Change struct {
	Name  string
	Value string
	// By is who wants it.
	By string
	// Version is the one that was seen; 0: as it came from the file, never
	// changed.
	Version uint64
	// Others is how many people beside By may confirm a change.
	Others int
}

// Set changes a setting. Its error is ErrRefused with what to write instead,
// ErrConflict if Version is no longer what there is, or ErrUnknown. To set what
// is set already changes nothing. A change that takes a second person is proposed
// (Listed.Proposed) and in force once another confirms it; ErrAlone: nobody could.
func (s *Settings) Set(ctx context.Context, c Change) error {
	return s.change(ctx, c, Record{Name: c.Name, Value: c.Value})
}

// Reset gives a setting back to the file, whatever Value says. It keeps its
// history; its errors are those of Set.
func (s *Settings) Reset(ctx context.Context, c Change) error {
	return s.change(ctx, c, Record{Name: c.Name, FromFile: true})
}

// Check tells whether Set would take a value: its error is ErrRefused with what
// to write instead, or ErrUnknown.
func (s *Settings) Check(name, value string) error {
	e := s.known[name]
	if e == nil {
		return fmt.Errorf("setting %s: %w", name, ErrUnknown)
	}
	_, err := e.parse(value)
	return err
}

func (s *Settings) change(ctx context.Context, c Change, r Record) error {
	e := s.known[c.Name]
	if e == nil {
		return fmt.Errorf("setting %s: %w", c.Name, ErrUnknown)
	}
	if c.By == "" {
		return fmt.Errorf("setting %s: nobody changes it", c.Name)
	}
	next := e.state(r)
	if next.refused != nil {
		return next.refused
	}
	s.refresh()
	now := e.now.Load()
	if now.record.Revision != c.Version {
		return fmt.Errorf("setting %s: %w", c.Name, ErrConflict)
	}
	if now.record.Value == r.Value && now.record.FromFile == r.FromFile {
		return nil
	}
	two, err := s.takesTwo(e, c, now.value, next.value)
	switch {
	case err != nil:
		return err
	case two:
		return s.propose(ctx, e, c, r)
	}
	r.History = now.record.with(Edit{By: c.By, From: now.said(), To: next.text, ToFile: r.FromFile})
	return s.put(ctx, r, c)
}

// said is what people saw: what is stored, though it be refused.
func (st *state) said() string {
	if st.refused != nil {
		return st.record.Value
	}
	return st.text
}

// Listed is a setting as people see it.
type Listed struct {
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
	// Value is what is in force, File what the file says.
	Value string `json:"value"`
	File  string `json:"file"`
	// FromFile: the value is the file's because nobody changed it, or it was
	// given back.
	FromFile bool   `json:"from_file"`
	Version  uint64 `json:"version"`
	// Changed is the last change; nil if there was none.
	Changed *Edit `json:"changed,omitempty"`
	// Proposed waits for a second person, and is not in force; nil: nothing does.
	Proposed *Proposed `json:"proposed,omitempty"`
	// Stored is what was set but is not in force, and Refused why.
	Stored  string `json:"stored,omitempty"`
	Refused string `json:"refused,omitempty"`
	// Unknown: this release has no such setting. What was set stays stored.
	Unknown bool `json:"unknown,omitempty"`
}

// List returns the settings as they were declared, then by name those that are
// stored but unknown.
func (s *Settings) List() []Listed {
	var list []Listed
	for _, name := range s.names {
		e := s.known[name]
		list = append(list, e.listed(e.now.Load()))
	}
	for _, r := range s.unknown() {
		list = append(list, Listed{Name: r.Name, Stored: r.Value, FromFile: r.FromFile, Version: r.Revision, Changed: r.changed(), Unknown: true})
	}
	return list
}

func (e *entry) listed(st *state) Listed {
	l := Listed{Name: e.Name, About: e.About, Value: st.text, File: e.Default,
		FromFile: st.record.FromFile, Version: st.record.Revision, Changed: st.record.changed(), Proposed: st.record.Proposed}
	if st.refused != nil {
		l.Stored, l.Refused = st.record.Value, st.refused.Error()
	}
	return l
}

func (r Record) changed() *Edit {
	if len(r.History) == 0 {
		return nil
	}
	last := r.History[len(r.History)-1]
	return &last
}

func (s *Settings) unknown() []Record {
	list := slices.DeleteFunc(slices.Clone(s.store.All()), func(r Record) bool { return s.known[r.Name] != nil })
	slices.SortFunc(list, func(a, b Record) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// History returns the changes of a setting, also of an unknown one, newest
// first; the oldest beyond a hundred are gone.
func (s *Settings) History(name string) ([]Edit, error) {
	records := s.unknown()
	if e := s.known[name]; e != nil {
		records = []Record{e.now.Load().record}
	}
	for _, r := range records {
		if r.Name == name {
			edits := slices.Clone(r.History)
			slices.Reverse(edits)
			return edits, nil
		}
	}
	return nil, fmt.Errorf("setting %s: %w", name, ErrUnknown)
}

// Refusal is a stored value that this release does not take, so that the
// file's is in force.
type Refusal struct {
	Name string
	// Why can quote the value: for the page, not for a log or an alert.
	Why error
}

// Refused lists what is stored but not in force, to be told to people.
func (s *Settings) Refused() []Refusal {
	var list []Refusal
	for _, name := range s.names {
		if st := s.known[name].now.Load(); st.refused != nil {
			list = append(list, Refusal{Name: name, Why: st.refused})
		}
	}
	return list
}
