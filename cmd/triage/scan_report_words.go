package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"triage/internal/classify"
)

// kindWords names the kinds of detail in the order in which they are listed.
var kindWords = []struct {
	kind  classify.Kind
	words string
}{
	{classify.Condition, "Illness or injury"},
	{classify.Symptom, "Symptom"},
	{classify.Procedure, "Operation or treatment"},
	{classify.Medication, "Medicine"},
	{classify.TestResult, "Test and what it showed"},
	{classify.Reproductive, "Pregnancy, fertility, sexual health"},
	{classify.MentalHealth, "Mental health"},
	{classify.SubstanceUse, "Alcohol, tobacco, drugs"},
	{classify.Visit, "Care received, not said for what"},
}

// kindPlace is where a kind is listed, a new one at the end.
func kindPlace(k classify.Kind) int {
	for i, w := range kindWords {
		if w.kind == k {
			return i
		}
	}
	return len(kindWords)
}

func kindWord(k classify.Kind) string {
	if i := kindPlace(k); i < len(kindWords) {
		return kindWords[i].words
	}
	return capital(strings.ReplaceAll(string(k), "_", " "))
}

// whyNotWords says why a comment was not judged.
var whyNotWords = []struct{ why, words string }{
	{classify.NotLanguage, "in a language that is not supported, or not recognized"},
	{classify.NotMedia, "only a picture or a video"},
	{classify.NotTruncated, "too long to be judged as a whole"},
	{classify.NotPossible, "something went wrong with this text"},
}

var platformWords = map[string]string{
	"x": "X", "wordpress": "WordPress", "youtube": "YouTube", "tiktok": "TikTok", "linkedin": "LinkedIn",
	"": "Not given", unclear: "Given, but not as a name", others: "Further platforms",
}

func platformWord(name string) string {
	if w, ok := platformWords[name]; ok {
		return w
	}
	return capital(name)
}

var langWords = map[string]string{
	"ar": "Arabic", "ca": "Catalan", "zh": "Chinese", "nl": "Dutch", "en": "English", "fr": "French", "de": "German",
	"el": "Greek", "ht": "Haitian Creole", "he": "Hebrew", "hi": "Hindi", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
	"ko": "Korean", "fa": "Persian", "pl": "Polish", "pt": "Portuguese", "pa": "Punjabi", "ro": "Romanian", "ru": "Russian",
	"so": "Somali", "es": "Spanish", "sv": "Swedish", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
}

// langWord is the name of a language, or the code of a rare one.
func langWord(code string) string {
	switch word, known := langWords[code]; {
	case known:
		return word
	case code == "":
		return "Not recognized"
	}
	return "Another language (" + code + ")"
}

func capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// sentence makes a reason one.
func sentence(why string) string { return strings.TrimSuffix(capital(why), ".") + "." }

// grouped writes 8000 as "8,000".
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural counts things: "1 comment", "8,000 comments".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(n) + " " + thing + "s"
}

// percent is n of all in words: "18%", "under 1%".
func percent(n, all int) string {
	switch {
	case all == 0:
		return "–"
	case n > 0 && n*100 < all:
		return "under 1%"
	case n < all && n*1000 > all*995:
		return "over 99%"
	}
	return fmt.Sprintf("%.0f%%", 100*float64(n)/float64(all))
}

// spent says how long staff are busy: "40 s", "12 min", "5 h 20 min", "130 h".
func spent(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min", d.Round(time.Minute)/time.Minute)
	case d < 20*time.Hour:
		d = d.Round(5 * time.Minute)
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return grouped(int(d.Round(time.Hour)/time.Hour)) + " h"
}

// dayWord is a date in words; empty if there is none.
func dayWord(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006")
}
