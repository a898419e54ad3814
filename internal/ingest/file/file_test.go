package file

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
)

// follower is a Source and what came out of it.
type follower struct {
	t    *testing.T
	file *Source
	mark ingest.Mark
	got  []string
	logs *observer.ObservedLogs
}

func follow(t *testing.T, name string) *follower {
	core, logs := observer.New(zap.WarnLevel)
	path := filepath.Join(t.TempDir(), name)
	return &follower{t: t, logs: logs, file: &Source{Path: path, Account: "export", Format: FormatOf(name),
		Names: ingest.NewNamer([]byte("key")), Log: zap.New(core), Settle: time.Hour}}
}

func (f *follower) write(flag int, text string) {
	f.t.Helper()
	w, err := os.OpenFile(f.file.Path, flag|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := w.WriteString(text); err != nil {
		f.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// sweep returns the texts that came out of n sweeps.
func (f *follower) sweep(n int) string {
	f.t.Helper()
	f.got = nil
	for range n {
		mark, err := f.file.Sweep(f.t.Context(), f.mark, func(_ context.Context, batch []ingest.Comment) error {
			for _, c := range batch {
				f.got = append(f.got, c.Content.Text)
			}
			return nil
		})
		if err != nil {
			f.t.Fatal(err)
		}
		f.mark = mark
	}
	return strings.Join(f.got, " ")
}

func (f *follower) want(got, want string) {
	f.t.Helper()
	if got != want {
		f.t.Fatalf("got %q, want %q (mark %+v)", got, want, f.mark)
	}
}

func TestFileThatGrows(t *testing.T) {
	for name, header := range map[string]string{"c.txt": "", "c.csv": "text\n"} {
		t.Run(name, func(t *testing.T) {
			f := follow(t, name)
			f.write(os.O_APPEND, header+"one\ntwo\nthr")
			f.sweep(1) // the last line may be half a line
			for _, s := range f.got {
				if s == "thr" {
					t.Fatal("half a line was taken")
				}
			}
			f.write(os.O_APPEND, "ee\n")
			f.want(f.sweep(3), "three")
			f.write(os.O_APPEND, "four")
			f.want(f.sweep(3), "")
			f.file.Settle = time.Nanosecond // it has stood still
			f.want(f.sweep(2), "four")
			f.want(f.sweep(2), "")
		})
	}
}

func TestFileIsReadOnFromItsMark(t *testing.T) {
	f := follow(t, "c.txt")
	f.write(0, "one\ntwo\n")
	f.want(f.sweep(2), "one two")
	f.write(os.O_APPEND, "three\n")
	f.restart()
	f.want(f.sweep(2), "three")
}

func (f *follower) restart() {
	f.file = &Source{Path: f.file.Path, Account: "export", Format: f.file.Format, Names: f.file.Names, Log: f.file.Log, Settle: time.Hour}
}

// A writer may pause in the middle of a line for as long as it likes.
func TestHalfALineWaits(t *testing.T) {
	for name, parts := range map[string][2]string{
		"c.jsonl": {`{"text":"one"}` + "\n" + `{"text":"tw`, `o"}` + "\n"},
		"c.csv":   {"id,text\n1,one\n2,\"tw\n", "o\"\n"},
		"c.txt":   {"one\ntw", "o\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(t, name)
			f.write(0, parts[0])
			f.want(f.sweep(5), "one")
			f.restart()
			f.want(f.sweep(2), "")
			f.write(os.O_APPEND, parts[1])
			if got := f.sweep(2); got != "two" && got != "tw\no" {
				t.Fatalf("got %q", got)
			}
			if n := f.logs.Len(); n != 0 {
				t.Fatalf("%d lines passed over", n)
			}
		})
	}
	t.Run("a whole object is complete without a line break", func(t *testing.T) {
		f := follow(t, "c.jsonl")
		f.write(0, `{"text":"one"}`)
		f.want(f.sweep(1), "one")
		f.write(os.O_APPEND, "\n"+`{"text":"two"}`)
		f.want(f.sweep(1), "two")
	})
}

// items are the ids under which texts without an id of their own are known.
func (f *follower) items() map[string]string {
	f.t.Helper()
	items := map[string]string{}
	f.mark = ingest.Mark{}
	_, err := f.file.Sweep(f.t.Context(), f.mark, func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			items[c.Content.Item] = c.Content.Text
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return items
}

func TestTextsWithoutAnIdKeepTheirIdentity(t *testing.T) {
	f := follow(t, "c.txt")
	f.write(0, "My rash is back\nGreat!\nGreat!\n")
	before := f.items()
	if len(before) != 3 {
		t.Fatalf("%d comments of 3 lines", len(before))
	}
	f.restart()
	f.write(os.O_TRUNC, "Lovely parking\nGreat!\nMy rash is back\nGreat!\n")
	after := f.items()
	for item, text := range before {
		if after[item] != text {
			t.Errorf("%q is %q in the new file", text, after[item])
		}
	}
	if len(after) != 4 {
		t.Errorf("%d comments of 4 lines", len(after))
	}
}

func TestRestartCountsWhatItReadBefore(t *testing.T) {
	f := follow(t, "c.txt")
	f.write(0, "Great!\nGreat!\n")
	f.want(f.sweep(1), "Great! Great!")
	f.restart()
	f.write(os.O_APPEND, "Great!\n")
	f.want(f.sweep(1), "Great!")
	if n := f.file.seen[f.file.Names.ID(Platform, "export", "text Great!")]; n != 3 {
		t.Fatalf("counted %d of 3", n)
	}
}

func TestFileWithoutAHeaderIsNotQuoted(t *testing.T) {
	f := follow(t, "c.csv")
	f.write(0, "Jane CANARY,my hysterectomy still bleeds\n2,x\n")
	_, err := f.file.Sweep(t.Context(), ingest.Mark{}, nil)
	if err == nil || strings.Contains(strings.ToLower(fmt.Sprint(err)), "canary") || !strings.Contains(err.Error(), "set column") {
		t.Fatalf("got %v", err)
	}
}

func TestReplacedFileThatBeginsTheSame(t *testing.T) {
	f := follow(t, "c.txt")
	f.write(0, strings.Repeat("same\n", 100)+"My rash is back\n")
	f.sweep(1)
	f.write(os.O_TRUNC, strings.Repeat("same\n", 100)+"My rash is gone\nmore\n")
	if got := f.sweep(1); !strings.Contains(got, "My rash is gone more") {
		t.Fatalf("got %q", got)
	}
}

func TestFileThatWasReplacedIsReadAnew(t *testing.T) {
	f := follow(t, "c.txt")
	f.write(0, "one\ntwo\n")
	f.sweep(2)
	f.write(os.O_TRUNC, "uno\ndos\ntres\n")
	f.want(f.sweep(2), "uno dos tres")
	f.write(os.O_TRUNC, "x\n")
	f.want(f.sweep(2), "x")
}

func TestBadLinesAreReportedByNumber(t *testing.T) {
	f := follow(t, "c.jsonl")
	f.write(0, `{"text":"one"}`+"\nCANARY not json\n"+`{"text":"three"}`+"\n")
	f.want(f.sweep(2), "one three")
	entries := f.logs.All()
	if len(entries) != 1 || entries[0].ContextMap()["line"] != int64(2) {
		t.Fatalf("logged %+v, want line 2", entries)
	}
	if s := fmt.Sprint(entries); strings.Contains(s, "CANARY") {
		t.Fatalf("the log quotes the line: %s", s)
	}
}

func TestLongFileIsReadInParts(t *testing.T) {
	f := follow(t, "c.txt")
	var text strings.Builder
	for i := range 2*sweepMost + 7 {
		fmt.Fprintf(&text, "line%d\n", i)
	}
	f.write(0, text.String())
	n, sweeps := 0, 0
	for more := true; more; sweeps++ {
		f.sweep(1)
		n, more = n+len(f.got), f.mark.More
	}
	f.sweep(1)
	if n+len(f.got) != 2*sweepMost+7 || sweeps < 2 {
		t.Fatalf("%d lines in %d sweeps", n, sweeps)
	}
}

func TestMissingFileSaysWhatToDo(t *testing.T) {
	f := follow(t, "c.txt")
	_, err := f.file.Sweep(t.Context(), ingest.Mark{}, nil)
	if err == nil || !strings.Contains(err.Error(), "check its path") {
		t.Fatalf("got %v", err)
	}
}
