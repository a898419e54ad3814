package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hashes are the hashes of all files below a directory but the lock.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	eachFile(t, func(path, bytes string) {
		if filepath.Base(path) != "lock" {
			out[path] = fmt.Sprintf("%x", sha256.Sum256([]byte(bytes)))
		}
	}, dir)
	return out
}

// followed is a practice whose service read n comments from a file and stopped.
func followed(t *testing.T, n int) (d practiceDir, file string) {
	t.Helper()
	file = textFile(t, "c.txt", "")
	d = newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", file))
	d.reads(t, file, n)
	return d, file
}

// reads lets the service read n more comments.
func (d practiceDir) reads(t *testing.T, file string, n int) {
	t.Helper()
	p, page := d.run(t)
	before, _ := page.events()
	appendTo(t, file, strings.Repeat("Since my knee surgery it hurts every night\n", n))
	eventually(t, 20*time.Second, "all judged", func() bool { c, v := page.events(); return c == before+n && v == c })
	if code := p.stop(); code != 0 {
		t.Fatalf("it stopped with %d:\n%s", code, p.output())
	}
}

// With the wrong key or none, every command refuses and no byte changes.
func TestWrongKeyChangesNoByte(t *testing.T) {
	t.Parallel()
	d, _ := followed(t, 3)
	key := filepath.Join(d.data, "practice.key")
	right := readFile(t, key)
	commands := [][]string{{"run"}, {"user", "list"}, {"settings", "list"}, {"key", "rotate"}, {"audit", "verify"}, {"backup", filepath.Join(d.dir, "b")}}
	for name, tt := range map[string]struct {
		wrong func() error
		want  string
	}{
		"wrong":   {func() error { return os.WriteFile(key, []byte(keyLine(7)+"\n"), 0o600) }, "give the right key file"},
		"missing": {func() error { return os.Remove(key) }, "put the key back from its backup"},
		"no key":  {func() error { return os.WriteFile(key, []byte("not a key\n"), 0o600) }, "put the right file back"},
	} {
		if err := tt.wrong(); err != nil {
			t.Fatal(err)
		}
		before := hashes(t, d.data)
		for _, command := range commands {
			said := fails(t, append(command, "--config", d.config)...)
			if !strings.Contains(said, tt.want) || !strings.Contains(said, key) && !strings.Contains(said, "(key_file)") {
				t.Errorf("%s, %v: it said %q", name, command, said)
			}
		}
		if after := hashes(t, d.data); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: files changed: %d before, %d after", name, len(before), len(after))
		}
	}
	if err := os.WriteFile(key, []byte(right), 0o600); err != nil {
		t.Fatal(err)
	}
	p, page := d.run(t)
	if n := len(page.waiting()); n != 3 {
		t.Errorf("%d cases with the right key, want 3:\n%s", n, p.output())
	}
}

// A store that holds less than it did is refused, until somebody accepts that.
func TestLossIsRefusedUntilItIsAccepted(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, d practiceDir, file string){
		"a block is gone": func(t *testing.T, d practiceDir, _ string) {
			blocks, err := filepath.Glob(filepath.Join(d.data, "store", "jetstream", "*", "streams", "comments", "msgs", "*.blk"))
			if err != nil || len(blocks) == 0 {
				t.Fatalf("%v, %v", blocks, err)
			}
			if err := os.Remove(blocks[0]); err != nil {
				t.Fatal(err)
			}
		},
		"an older copy": func(t *testing.T, d practiceDir, file string) {
			store, copied := filepath.Join(d.data, "store"), filepath.Join(d.dir, "copy")
			if err := os.CopyFS(copied, os.DirFS(store)); err != nil {
				t.Fatal(err)
			}
			d.reads(t, file, 4)
			for _, err := range []error{os.RemoveAll(store), os.Rename(copied, store)} {
				if err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, file := followed(t, 5)
			lose(t, d, file)
			said := fails(t, "run", "--config", d.config)
			says(t, said, "restore a backup, or start once with --accept-loss")
			says(t, fails(t, "user", "list", "--config", d.config), "restore a backup")
			p, page := d.run(t, "--accept-loss")
			says(t, p.output(), "loss accepted")
			if code, ready := page.get("/readyz"); code != 200 {
				t.Errorf("not ready with the loss accepted: %s", ready)
			}
			export := filepath.Join(d.dir, "audit.jsonl")
			d.does(t, "audit", "export", export)
			says(t, readFile(t, export), "loss")
			p.stop()
			p, _ = d.run(t)
			if strings.Contains(p.output(), "loss") {
				t.Errorf("the loss is still told after it was accepted:\n%s", p.output())
			}
		})
	}
}
