package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// sample is what is classified: the first texts of the files, or invented ones.
func (b *bench) sample(files []string, stdin io.Reader) (texts []string, err error) {
	if len(files) == 0 {
		return invented(b.most, 0), nil
	}
	if err := readable(files); err != nil {
		return nil, err
	}
	for _, f := range files {
		if texts, err = b.sampleFile(texts, f, stdin); err != nil {
			return nil, err
		}
	}
	if len(texts) == 0 {
		return nil, errors.New("bench: no comment in the input")
	}
	return texts, nil
}

// sampleFile adds the texts of one file, as long as there is room.
func (b *bench) sampleFile(texts []string, path string, stdin io.Reader) ([]string, error) {
	rs, err := openRecords(path, stdin, "", "")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rs.Close() }()
	for len(texts) < b.most {
		rec, err := rs.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name(path), err)
		}
		if rec.Err == nil && strings.TrimSpace(rec.Text) != "" {
			texts = append(texts, rec.Text)
		}
	}
	return texts, nil
}

// invention is what texts in one language are made of.
type invention struct{ sentences, who, part, when []string }

var inventions = []invention{
	{
		sentences: []string{
			"$who had surgery on the $part $when and it went well.", "The front desk was friendly and parking was easy.",
			"Since $when my $part hurts every night and nobody calls back!", "Can I come in $when about the bill?",
			"Dr. Lind listened to $who for half an hour, thank you so much 🙏", "We waited 45 minutes, and the room was cold.",
			"$who was told it is not serious, only a strain of the $part.", "Call me at 555-0142 after 5 pm please.",
			"Great practice, I recommend it to everybody in town.", "They changed the medication for the $part $when.",
		},
		who:  []string{"I", "my mother", "my son", "a friend of mine", "our neighbor", "my wife"},
		part: []string{"knee", "back", "left hip", "shoulder", "stomach", "heart", "neck", "right foot"},
		when: []string{"last May", "two weeks ago", "yesterday", "in 2023", "on Monday morning", "before Christmas"},
	},
	{
		sentences: []string{
			"A $who operaron $part $when y todo salió bien.", "El personal es amable y hay estacionamiento.",
			"Desde $when me duele $part todas las noches.", "¿Puedo pasar $when por la factura?",
			"La doctora Lind escuchó a $who con mucha paciencia, gracias 🙏", "Esperamos 45 minutos y hacía frío en la sala.",
			"Le cambiaron la medicina para $part $when.", "Muy buena clínica, la recomiendo a toda mi familia.",
		},
		who:  []string{"mi madre", "mi hijo", "mi esposa", "una amiga", "mi vecino"},
		part: []string{"la rodilla", "la espalda", "la cadera", "el hombro", "el estómago", "el corazón"},
		when: []string{"en mayo", "hace dos semanas", "ayer", "en 2023", "el lunes", "antes de Navidad"},
	},
	{
		sentences: []string{
			"On a opéré $part de $who $when et tout va bien.", "L'accueil est aimable et on se gare facilement.",
			"Depuis $when j'ai mal, c'est $part, toutes les nuits.", "Puis-je passer $when pour la facture ?",
			"La docteure Lind a bien écouté $who, merci 🙏", "Nous avons attendu 45 minutes, il faisait froid.",
			"Le traitement pour $part a été changé $when.", "Très bon cabinet, je le recommande à tout le monde.",
		},
		who:  []string{"ma mère", "mon fils", "ma femme", "une amie", "mon voisin"},
		part: []string{"le genou", "le dos", "la hanche", "l'épaule", "le ventre", "le cœur"},
		when: []string{"en mai", "il y a deux semaines", "hier", "en 2023", "lundi matin", "avant Noël"},
	},
}

// inventedLengths are those of the texts, in characters, in turn.
var inventedLengths = [...]int{20, 40, 80, 140, 200, 300, 450, 700, 1100, 2000}

// invented makes texts of so many characters each, or of all lengths if that is
// 0: always the same ones.
func invented(n, characters int) []string {
	texts := make([]string, n)
	for i := range texts {
		length := characters
		if length == 0 {
			length = inventedLengths[i%len(inventedLengths)]
		}
		texts[i] = inventions[i%len(inventions)].text(length, rand.New(rand.NewPCG(1, uint64(i))))
	}
	return texts
}

func (v invention) text(characters int, r *rand.Rand) string {
	any := func(of []string) string { return of[r.IntN(len(of))] }
	var text []rune
	for len(text) < characters {
		s := strings.NewReplacer("$who", any(v.who), "$part", any(v.part), "$when", any(v.when)).Replace(any(v.sentences))
		text = append(text, []rune(s+" ")...)
	}
	return string(text[:characters])
}
