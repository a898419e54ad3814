package say

import (
	"strings"
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

func TestTimesInSpanish(t *testing.T) {
	es, now := In(Spanish), time.Date(2026, 3, 4, 14, 2, 0, 0, time.UTC) // a Wednesday
	for want, got := range map[string]string{
		"hace 3 minutos": es.Ago(3 * time.Minute), "hace 1 segundo": es.Ago(time.Second), "ahora": es.Short(time.Second), "6 d": es.Short(6 * 24 * time.Hour),
		"13:00": es.Clock(now.Add(-62*time.Minute), now), "mar 14:02": es.Clock(now.Add(-24*time.Hour), now), "vie 14:02": es.Clock(now.Add(-5*24*time.Hour), now),
		"25 feb 2026 14:02": es.Clock(now.Add(-7*24*time.Hour), now), "hace tiempo": es.Clock(time.Time{}, now), "1,234,567": es.Number(1234567),
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
		"es/page.toml": {Data: []byte(`
"%d day" = { one = "%d día", other = "%d días" }
"Page %s." = "Página %s."
"Both." = "De la página."
`)},
		"es/stages.toml": {Data: []byte(`
"wait %s" = "espere %s"
"Wait %s, then ask %s." = "Pregunte a %[2]s después de %[1]s."
"Plain." = "Simple."
"Both." = "De la etapa."
"the platform" = "la plataforma"
"%s takes no message" = "%s no acepta mensajes"
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"Plain.": "Simple.", "plain": "simple", "Wait 3 days.": "Espere 3 días.", "wait 3 days": "espere 3 días",
		"Wait 1 day, then ask Dana.": "Pregunte a Dana después de 1 día.", "The platform takes no message.": "La plataforma no acepta mensajes.",
		"Plain. Wait 1 day. Plain.": "Simple. Espere 1 día. Simple.", "Plain. Not known.": "Plain. Not known.", "Both.": "De la página.",
		"*Me. And you.* takes no message.": "*Me. And you.* no acepta mensajes.", "*plain. plain*": "*plain. plain*",
		"Page 3.": "Page 3.", "Not known.": "Not known.", "wait ": "wait ", "": "", ".": ".", "…": "…",
	} {
		if got := all[Spanish].Whole(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := all[English].Whole(in); got != in {
			t.Errorf("English changed %q into %q", in, got)
		}
	}
}

// Whatever somebody typed may stand in a sentence: it is put into Spanish in no time.
func TestWholeTakesAnything(t *testing.T) {
	for _, bad := range []string{strings.Repeat("A. ", 100_000), strings.Repeat("goes out at ", 50_000), "%!s(MISSING) %d", "\x00\xff. \xff", "*" + strings.Repeat("a. b ", 50_000) + "*", strings.Repeat("it is. ", 8)} {
		begun := time.Now()
		In(Spanish).Whole(bad)
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%.20q took %v", bad, took)
		}
	}
}

func TestBrokenFilesAreRefused(t *testing.T) {
	good := &fstest.MapFile{Data: []byte(`"a" = "b"`)}
	for name, bad := range map[string]string{
		"not TOML": "a =", "empty": `"a" = ""`, "half a number": `"%d a" = { one = "x" }`, "a list": `"a" = ["b"]`, "twice": `"z" = "b"`,
	} {
		_, err := load(fstest.MapFS{"en/a.toml": good, "es/a.toml": {Data: []byte(bad)}, "es/b.toml": {Data: []byte(`"z" = "c"`)}}) // a stage's would give way
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := load(fstest.MapFS{"en/a.toml": good}); err == nil {
		t.Error("a language without files: taken")
	}
}
