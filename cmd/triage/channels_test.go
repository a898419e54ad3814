package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"triage/internal/alert/channel/conform"
)

// everyChannel is a configuration with one section of each kind of channel.
func everyChannel(t *testing.T) []channelSection {
	t.Helper()
	var c config
	alerts, wanted := reflect.ValueOf(&c.Alerts).Elem(), 0
	for i := range alerts.NumField() {
		field := alerts.Field(i)
		if field.Kind() != reflect.Slice || field.Type().Elem().Kind() != reflect.Struct {
			continue
		}
		if _, ok := field.Type().Elem().FieldByName("channelName"); ok {
			field.Set(reflect.MakeSlice(field.Type(), 1, 1))
			wanted++
		}
	}
	all := c.channels()
	if wanted < 12 || len(all) != wanted {
		t.Fatalf("%d of %d kinds are among the channels", len(all), wanted)
	}
	return all
}

// TestEveryKindOfChannelIsHeldToTheSuite: what can be configured is all that there is,
// and the suite, which knows the kinds of a package, is run in each of theirs.
func TestEveryKindOfChannelIsHeldToTheSuite(t *testing.T) {
	const below = "../../internal/alert/channel"
	in := map[string]string{} // kind: directory
	err := filepath.WalkDir(below, func(file string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			for _, kind := range conform.KindsIn(t, file) {
				in[kind] = filepath.Dir(file)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var sections []string
	for _, s := range everyChannel(t) {
		sections = append(sections, s.kind)
	}
	slices.Sort(sections)
	if made := slices.Sorted(maps.Keys(in)); !slices.Equal(made, sections) {
		t.Errorf("kinds are made: %q; there are sections for %q", made, sections)
	}
	for kind, dir := range in {
		if !runsTheSuite(t, dir) {
			t.Errorf("%s: no test of %s runs the suite", kind, dir)
		}
	}
}

func runsTheSuite(t *testing.T, dir string) bool {
	t.Helper()
	files, err := filepath.Glob(dir + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(source), "\tconform.Run(t,")
	})
}

// TestTheManualsSectionsAreReal: what is copied from the manual is taken, and every kind
// is in it.
func TestTheManualsSectionsAreReal(t *testing.T) {
	doc, err := os.ReadFile("../../docs/alerting-channels.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(doc, -1) {
		var c config
		if err := decodeStrict("alerting-channels.md", block[1], &c); err != nil {
			t.Errorf("%v in\n%s", err, block[1])
			continue
		}
		c.alertDefaults()
		for _, s := range c.channels() {
			seen[s.kind] = true
			if err := s.conf.Validate(); err != nil {
				t.Errorf("%v in\n%s", err, block[1])
			}
			for _, secret := range s.conf.Secrets() {
				if secret.Needed && *secret.Value == "" && secret.File == "" {
					t.Errorf("%s is missing in\n%s", secret.Key, block[1])
				}
			}
		}
	}
	for _, s := range everyChannel(t) {
		if !seen[s.kind] {
			t.Errorf("%s is not in the manual", s.kind)
		}
	}
}
