package say

import (
	"testing"
	"testing/fstest"
	"time"
)

func TestSayingInTwoLanguages(t *testing.T) {
	es, en := In(Spanish), In(English)
	for want, got := range map[string]string{
		"1 comment": en.Count(1, "%d comment"), "8,000 comments": en.Count(8000, "%d comment"),
		"1 comentario": es.Count(1, "%d comment"), "8,000 comentarios": es.Count(8000, "%d comment"),
		"2 days": en.Span(50 * time.Hour), "90 segundos": es.Span(90 * time.Second), "0 segundos": es.Span(-time.Hour),
		"3 min": es.Short(3 * time.Minute), "not a key": es.Say("not a key"), "100 % not a key": es.Say("100 %% not a key"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPreferred(t *testing.T) {
	for accept, want := range map[string]string{
		"es-MX,es;q=0.9,en;q=0.8": Spanish, "en-US,es;q=0.5": English, "fr-FR,fr;q=0.9": English, "fr, es;q=0.3": Spanish,
		"": English, "\x00;;": English,
	} {
		if got := Preferred(accept); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
	if In("xx").Lang != English {
		t.Error("a language that is not there")
	}
}

func TestWholeFindsWhatASentenceWasMadeFrom(t *testing.T) {
	all, err := load(fstest.MapFS{
		"en/a.toml": {Data: []byte(`"%d day" = { one = "%d day", other = "%d days" }`)},
		"es/a.toml": {Data: []byte(`
"%d day" = { one = "%d día", other = "%d días" }
"Wait %s." = "Espere %s."
"Wait %s, then ask %s." = "Pregunte a %[2]s después de %[1]s."
"Plain." = "Simple."
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"Plain.": "Simple.", "Wait 3 days.": "Espere 3 días.", "Wait 1 day, then ask Dana.": "Pregunte a Dana después de 1 día.",
		"Not known.": "Not known.", "": "",
	} {
		if got := all[Spanish].Whole(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := all[English].Whole(in); got != in {
			t.Errorf("English changed %q into %q", in, got)
		}
	}
}

func TestBrokenFilesAreRefused(t *testing.T) {
	good := &fstest.MapFile{Data: []byte(`"a" = "b"`)}
	for name, bad := range map[string]string{
		"not TOML": "a =", "empty": `"a" = ""`, "half a number": `"%d a" = { one = "x" }`, "a list": `"a" = ["b"]`, "twice": `"z" = "b"`,
	} {
		_, err := load(fstest.MapFS{"en/a.toml": good, "es/a.toml": {Data: []byte(bad)}, "es/b.toml": {Data: []byte(`"z" = "c"`)}})
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := load(fstest.MapFS{"en/a.toml": good}); err == nil {
		t.Error("a language without files: taken")
	}
}
