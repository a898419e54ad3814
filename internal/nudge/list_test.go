package nudge

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	l := &List{Wanted: -3, Points: map[string]int{"my knee": 4, "diabe*": 5, "parking": -5, "queue": -5}}
	b := l.Encode()
	got, err := ReadList(b)
	if err != nil || !reflect.DeepEqual(got, l) {
		t.Errorf("%+v, %v, from %s", got, err, b)
	}
	if got := l.groups(); !reflect.DeepEqual(got, []string{"-5:parking,queue", "4:my knee", "5:diabe*"}) {
		t.Errorf("for the script: %q", got)
	}
	if got := l.points([]string{"parking", "diabe*", "unknown", "my knee"}); got != 4 {
		t.Errorf("%d points", got)
	}
}

func TestFaultyLists(t *testing.T) {
	for list, want := range map[string]string{
		"":                               "how many points are wanted",
		"1\tpain\n":                      "how many points are wanted",
		"9\t(wanted)\n\n# x\npain\t1\n":  "line 4",
		"9\t(wanted)\n0\tpain\n":         "line 2",
		"9\t(wanted)\n1\t\n":             "line 2",
		"9\t(wanted)\n1\tpain\n2\tpain":  "line 3",
		"9\t(wanted)\n1.5\tpain\n2\tpan": "line 2",
	} {
		if _, err := ReadList([]byte(list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", list, err, want)
		}
	}
}

// What is shipped is in the form that the script takes it in, and small.
func TestShipped(t *testing.T) {
	l := Shipped()
	if len(l.Points) < 3000 || len(l.Points) > most {
		t.Errorf("%d words", len(l.Points))
	}
	for w, p := range l.Points {
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0") != "" && !strings.HasSuffix(w, "*") && strings.Count(w, " ") != 1 {
			t.Errorf("%q is neither a word, nor the beginning of one, nor a pair", w)
		}
		if strings.ContainsAny(w, ",:\"\\") || p > 60 || p < -60 {
			t.Errorf("%q has %d points", w, p)
		}
	}
	if !bytes.Equal(l.Encode(), shipped) {
		t.Error("words.tsv was written by something else")
	}
}
