package audit

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
)

// A log whose end does not verify is opened, so that it can be looked at, and
// nothing is put behind it.
func TestABrokenEndIsSaidAndNothingFollows(t *testing.T) {
	for name, spoil := range map[string]func(m *memory, key []byte){
		"another key": func(_ *memory, key []byte) { key[0]++ },
		"changed":     func(m *memory, _ []byte) { m.entries[1].Data[100] ^= 1 },
		"short":       func(m *memory, _ []byte) { m.entries[1].Data = m.entries[1].Data[:50] },
		"empty":       func(m *memory, _ []byte) { m.entries[1].Data = nil },
		"far ahead":   func(m *memory, _ []byte) { copy(m.entries[1].Data[33:], strange) },
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			l, path := openLog(t, m)
			if err := l.Append(t.Context(), acts(2)...); err != nil {
				t.Fatal(err)
			}
			if err := l.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			key := bytes.Clone(testKey)
			spoil(m, key)
			l, err := Open(t.Context(), Options{Journal: m, Key: key, Checkpoints: path, Log: zap.NewNop()})
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Trouble(); !errors.Is(err, ErrBroken) {
				t.Errorf("trouble: %v, want ErrBroken", err)
			}
			wantRefused(t, l)
			if len(m.entries) != 2 || m.appends != 1 || bytes.Count(read(t, path), []byte("\n")) != 1 {
				t.Error("something was written")
			}
			if r, err := Verify(t.Context(), m, key, nil); err != nil || r.OK() || r.Records != 2 {
				t.Errorf("report %+v, %v", r, err)
			}
			var out bytes.Buffer
			if err := l.Export(t.Context(), &out, ExportOptions{Format: "jsonl"}); err != nil || !strings.Contains(out.String(), `"on":"case0"`) {
				t.Errorf("%v, exported %s", err, &out)
			}
		})
	}
}

func wantRefused(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Append(t.Context(), acts(1)...); !errors.Is(err, ErrBroken) {
		t.Errorf("append: %v, want ErrBroken", err)
	}
	if err := l.Project(t.Context(), "a", 0, acts(1)); !errors.Is(err, ErrBroken) {
		t.Errorf("project: %v, want ErrBroken", err)
	}
	if _, err := l.Checkpoint(t.Context()); !errors.Is(err, ErrBroken) {
		t.Errorf("checkpoint: %v, want ErrBroken", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"a short key":            {Journal: &memory{}, Key: testKey[1:]},
		"a journal that is down": {Journal: &memory{down: errUnclear, entries: []placed{{seq: 1}}}, Key: testKey},
	} {
		o.Log = zap.NewNop()
		if l, err := Open(t.Context(), o); err == nil || l != nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// Records were lost, and perhaps what is left was restored from a backup, which
// gives it new places: the log goes on, and Verify says what is missing.
func TestALogThatLostRecordsGoesOn(t *testing.T) {
	lose := func(s *spoilt) { s.entries = slices.Delete(s.entries, 11, 14) }
	for name, spoil := range map[string]func(*spoilt){
		"in the store they were in": lose,
		"restored":                  func(s *spoilt) { lose(s); s.renumber() },
		"restored twice": func(s *spoilt) {
			lose(s)
			s.renumber()
			s.entries = slices.Delete(s.entries, 20, 22)
			s.renumber()
		},
		"restored, and vouched for before the loss only": func(s *spoilt) {
			lose(s)
			s.renumber()
			s.checkpoints = s.checkpoints[:bytes.IndexByte(s.checkpoints, '\n')+1]
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := sound(t)
			spoil(s)
			m, left := s.memory, len(s.entries)
			path := t.TempDir() + "/checkpoints"
			write(t, path, s.checkpoints)
			l := reopen(t, m, path)
			for range 3 {
				if err := l.Append(t.Context(), acts(2)...); err != nil {
					t.Fatal(err)
				}
				if err := l.Project(t.Context(), "b", 0, acts(6)); err != nil {
					t.Fatal(err)
				}
				if err := l.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := l.Trouble(); err != nil {
					t.Fatal(err)
				}
				l = reopen(t, m, path)
			}
			if end := m.records(t)[len(m.entries)-1]; end.N != 37 || len(m.entries) != left+7 {
				t.Errorf("the log ends with %+v, at place %d", end, len(m.entries))
			}
			r := verify(t, m, read(t, path))
			for _, f := range r.Faults {
				if !strings.HasSuffix(f.What, "are missing") {
					t.Errorf("fault: %s", f.What)
				}
			}
			if gaps := 1 + (27-left)/2; len(r.Faults) != gaps || r.Vouched != 37 {
				t.Errorf("%d gaps are told, want %d; vouched %d", len(r.Faults), gaps, r.Vouched)
			}
			// What happened to the record that was vouched for is noticed still.
			m.entries = slices.Delete(m.entries, len(m.entries)-1, len(m.entries))
			if err := reopen(t, m, path).Trouble(); err == nil || errors.Is(err, ErrBroken) {
				t.Errorf("cut short: trouble %v", err)
			}
		})
	}
}
