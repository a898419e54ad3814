package audit

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRecordsThatDifferHaveOtherBytes(t *testing.T) {
	// The same letters, split otherwise between neighbouring fields.
	base := Record{N: 1, Act: Act{By: "a", OS: "b", From: "page", Do: "c", On: "d", Note: "e"}, Ref: "f/1", Writer: "g"}
	seen := map[string]int{}
	for i := range base.texts() {
		for shift := range 3 {
			r := base
			texts := r.texts()
			if i+1 == len(texts) {
				continue
			}
			both := *texts[i] + *texts[i+1]
			cut := min(shift, len(both))
			*texts[i], *texts[i+1] = both[:cut], both[cut:]
			if r == base && seen[string(base.body())] > 0 {
				continue
			}
			seen[string(r.body())]++
		}
	}
	for _, change := range []func(*Record){
		func(r *Record) { r.N++ },
		func(r *Record) { r.At = r.At.Add(1) },
		func(r *Record) { r.Logged = r.Logged.Add(1) },
		func(r *Record) { r.Prev[31]++ },
	} {
		r := base
		change(&r)
		seen[string(r.body())]++
	}
	if len(seen) < 15 {
		t.Fatalf("only %d different records were tried", len(seen))
	}
	for body, n := range seen {
		if n > 1 {
			t.Errorf("%d different records have the bytes %q", n, body)
		}
	}
}

func TestActsThatCannotBeRecorded(t *testing.T) {
	l, _ := openLog(t, &memory{})
	good := Act{By: "os/DOMAIN\\jörg", Do: "backup-made", From: "command", On: "posting.undo", Note: "gate 3, 12 records"}
	if err := l.Append(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Act){
		"nobody":        func(a *Act) { a.By = "" },
		"no code":       func(a *Act) { a.Do = "" },
		"a sentence":    func(a *Act) { a.Do = "Did something" },
		"a place":       func(a *Act) { a.From = "elsewhere" },
		"two lines":     func(a *Act) { a.Note = "a\nb" },
		"bad UTF-8":     func(a *Act) { a.On = "\xff" },
		"long":          func(a *Act) { a.Note = strings.Repeat("x", 257) },
		"a far time":    func(a *Act) { a.At = time.Unix(1<<40, 0) },
		"an early time": func(a *Act) { a.At = time.Unix(1, 0) },
	} {
		bad := good
		spoil(&bad)
		if err := l.Append(t.Context(), good, bad); !errors.Is(err, ErrAct) {
			t.Errorf("%s: %v, want ErrAct", name, err)
		}
	}
	for _, id := range []string{"", "-", "a b", "a/b", "a*", "-a", "ä"} {
		if err := l.Project(t.Context(), id, 0, []Act{good}); !errors.Is(err, ErrAct) {
			t.Errorf("case %q: %v, want ErrAct", id, err)
		}
	}
	if n := len(l.o.Journal.(*memory).entries); n != 1 {
		t.Errorf("%d records, want 1: half of an append was recorded", n)
	}
}

// FuzzDecode: whatever is accepted has exactly one form, and nothing panics.
func FuzzDecode(f *testing.F) {
	m := &memory{}
	l, _ := openLog(f, m)
	if err := l.Append(f.Context(), acts(2)...); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{format})
	for _, e := range m.entries {
		f.Add(e.Data)
		f.Add(e.Data[:len(e.Data)-1])
		f.Add(append(bytes.Clone(e.Data), 0))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decode(data)
		if err != nil {
			return
		}
		if again := append(r.body(), r.MAC[:]...); !bytes.Equal(again, data) {
			t.Errorf("%x\nis read as the record that is kept as\n%x", data, again)
		}
		_, _ = r.index()
	})
}
