package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
	"triage/internal/ingest/google"
	"triage/internal/ingest/instagram"
	"triage/internal/ingest/wordpress"
	"triage/internal/ingest/x"
)

const exampleFile = "../../config.example.toml"

func readFile(t testing.TB, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestExampleConfigLoads(t *testing.T) {
	if _, err := loadConfig(exampleFile); err != nil {
		t.Fatal(err)
	}
}

// What the example calls a default is the default, and it tells of every key.
func TestExampleConfigIsTheManual(t *testing.T) {
	text := readFile(t, exampleFile)
	var want config
	uncommented := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(text, "$1")
	if err := decodeStrict(exampleFile, []byte(uncommented), &want); err != nil {
		t.Fatal(err)
	}
	got := defaults()
	got.Facebook = []facebookConfig{{Config: facebook.Defaults()}}
	got.Instagram = []instagramConfig{{Config: instagram.Defaults()}}
	got.X = []xConfig{{Config: x.Defaults()}}
	got.WordPress = []wordpressConfig{{Config: wordpress.Defaults()}}
	got.Google = []googleConfig{{Config: google.Defaults()}}
	got.accountDefaults()
	same := func(section string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("[%s] the example says %+v, the default is %+v", section, want, got)
		}
	}
	want.Data.MaxStore = size{} // its default depends on the disk
	want.Review.URL = ""        // and this one's on the address
	same("data", got.Data, want.Data)
	same("review", got.Review, want.Review)
	same("classify", got.Classify, want.Classify)
	same("posting", got.Posting, want.Posting)
	same("nats", got.NATS, want.NATS)
	same("retention", got.Retention, want.Retention)
	same("audit", got.Audit, want.Audit)
	same("alerts", got.Alerts, want.Alerts)
	same("log", got.Log, want.Log)
	for i, account := range []struct{ got, want any }{
		{got.Facebook[0], want.Facebook[0]}, {got.Instagram[0], want.Instagram[0]}, {got.X[0], want.X[0]},
		{got.WordPress[0], want.WordPress[0]}, {got.Google[0], want.Google[0]},
	} {
		for key := range keysOf(reflect.TypeOf(account.got)) {
			if regexp.MustCompile(`(?m)^#` + key + ` = `).MatchString(sectionOf(t, text, got.sections()[i].platform)) {
				same(got.sections()[i].platform+"."+key, valueOf(account.got, key), valueOf(account.want, key))
			}
		}
	}
	allKeys(reflect.TypeFor[config](), func(key string) {
		if !regexp.MustCompile(`(?m)^#? ?(\[+)?([a-z]+\.)?` + key + `(\]| =)`).MatchString(text) {
			t.Errorf("the example does not tell of %q", key)
		}
	})
}

// What the example says of calling people can be used as it stands there.
func TestExampleOfCallingPeople(t *testing.T) {
	_, text, _ := strings.Cut(readFile(t, exampleFile), "# Who is called, and how.")
	text = "#" + text
	text = regexp.MustCompile(`(?m)^# (\[\[alerts|[a-z_]+ = )`).ReplaceAllString(text, "$1")
	c := defaults()
	if err := decodeStrict(exampleFile, []byte(text), &c); err != nil {
		t.Fatal(err)
	}
	c.alertDefaults()
	plan := c.plan(func(key, format string, args ...any) { t.Errorf(key+": "+format, args...) })
	if err := plan.Validate(); err != nil || len(plan.People) != 2 || len(plan.Rotations) != 1 || len(c.channels()) < 11 {
		t.Errorf("%d people, %d rotations, %d channels, %v", len(plan.People), len(plan.Rotations), len(c.channels()), err)
	}
}

// sectionOf is what the example says under the heading of a platform.
func sectionOf(t *testing.T, text, platform string) string {
	t.Helper()
	_, after, ok := strings.Cut(text, "\n[["+platform+"]]\n")
	if !ok {
		t.Fatalf("the example has no section [[%s]]", platform)
	}
	section, _, _ := strings.Cut(after, "\n[[")
	return section
}

// valueOf is the value of a key.
func valueOf(section any, key string) any {
	v := reflect.ValueOf(section)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.Tag.Get("toml") == key {
			return v.FieldByIndex(f.Index).Interface()
		}
	}
	return nil
}

func allKeys(t reflect.Type, f func(string)) {
	for key, typ := range keysOf(t) {
		f(key)
		for typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		allKeys(typ, f)
	}
}

// TestFaultyConfigs holds files that differ from the example in one fault. The
// file's first line says what the refusal must hold, after "# want ".
func TestFaultyConfigs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FAULTY", dir)
	for name, mode := range map[string]os.FileMode{"open.txt": 0o644, "empty.txt": 0o600, "good.txt": 0o600} {
		text := "secret"
		if name == "empty.txt" {
			text = "\n"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := txtar.ParseFile("testdata/config/faults.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			first, _, _ := strings.Cut(string(f.Data), "\n")
			want, ok := strings.CutPrefix(first, "# want ")
			if !ok {
				t.Fatal("the first line does not say what is wanted")
			}
			_, err := parseConfig("config.toml", f.Data)
			if want == "nothing" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// What a duration is written as is read as the same.
func TestDurationsAsText(t *testing.T) {
	for _, text := range []string{"0s", "1s", "20s", "59s", "1m", "10m", "1m30s", "1h", "20h", "1h30m", "1h0m30s", "1d", "7d", "30d", "36h"} {
		var d duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.text() != text {
			t.Errorf("%s: written as %s (%v)", text, d.text(), err)
		}
	}
	for _, wrong := range []string{"", "d", "1", "-1d", "1.5d", "99999d", "-3s"} {
		var d duration
		if err := d.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q is read as %v", wrong, d)
		}
	}
}

// Behind a proxy that nothing names, one stranger's guesses count against everybody.
func TestCheckAsksForTheProxy(t *testing.T) {
	asks := func(url, proxy string) bool {
		cfg := defaults()
		cfg.Review.URL, cfg.Review.TrustedProxy = url, proxy
		return slices.ContainsFunc(checkLocal(cfg), func(f ingest.Finding) bool { return !f.OK && strings.Contains(f.What, "review.trusted_proxy") })
	}
	for _, c := range []struct {
		url, proxy string
		want       bool
	}{{"https://triage.practice.example", "", true}, {"https://triage.practice.example", "127.0.0.1", false}, {"", "", false}} {
		if got := asks(c.url, c.proxy); got != c.want {
			t.Errorf("url %q, proxy %q: asked is %v", c.url, c.proxy, got)
		}
	}
}
