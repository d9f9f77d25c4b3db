package regression

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
)

const (
	maxPixels = 4 << 20 // of a picture that is compared
	tolerance = 24      // by which a channel may differ: antialiasing
	reach     = 4       // pixels around what moves by itself that are left out, too
)

var errSize = errors.New("the pictures are not of the same size")

// decode reads a picture (PNG), if it is not larger than what is compared.
func decode(data []byte) (*image.NRGBA, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width*config.Height > maxPixels {
		return nil, errors.New("the picture is too large to be compared")
	}
	from, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	to := image.NewNRGBA(image.Rect(0, 0, config.Width, config.Height))
	for y := range config.Height {
		for x := range config.Width {
			to.Set(x, y, from.At(from.Bounds().Min.X+x, from.Bounds().Min.Y+y))
		}
	}
	return to, nil
}

// differing marks the pixels in which two pictures differ.
func differing(a, b *image.NRGBA) ([]bool, error) {
	if a.Rect != b.Rect {
		return nil, errSize
	}
	marks := make([]bool, a.Rect.Dx()*a.Rect.Dy())
	for i := range marks {
		for c := range 3 {
			if d := int(a.Pix[4*i+c]) - int(b.Pix[4*i+c]); d > tolerance || d < -tolerance {
				marks[i] = true
			}
		}
	}
	return marks, nil
}

// grown marks what lies near marked pixels as well.
func grown(marks []bool, width int) []bool {
	height := len(marks) / width
	list := make([]bool, len(marks))
	for i, m := range marks {
		if !m {
			continue
		}
		x, y := i%width, i/width
		for dy := max(0, y-reach); dy <= min(height-1, y+reach); dy++ {
			for dx := max(0, x-reach); dx <= min(width-1, x+reach); dx++ {
				list[dy*width+dx] = true
			}
		}
	}
	return list
}

// compare tells which share of the pixels differs between a picture before and one now, without what differs between two
// of now; and draws where.
func compare(before, now, again []byte) (share float64, where []byte, err error) {
	var pictures [3]*image.NRGBA
	for i, data := range [][]byte{before, now, again} {
		if pictures[i], err = decode(data); err != nil {
			return 0, nil, err
		}
	}
	moving, err := differing(pictures[1], pictures[2])
	if err != nil {
		return 0, nil, err
	}
	changed, err := differing(pictures[0], pictures[1])
	if err != nil {
		return 0, nil, err
	}
	width := pictures[1].Rect.Dx()
	moving = grown(moving, width)
	count, judged := 0, 0
	drawing := image.NewNRGBA(pictures[1].Rect)
	for i, c := range changed {
		at := pictures[1].Pix[4*i : 4*i+3]
		grey := uint8((int(at[0])+int(at[1])+int(at[2]))/3/2 + 127)
		paint := color.NRGBA{grey, grey, grey, 255}
		switch {
		case moving[i]:
			paint = color.NRGBA{grey, grey, 255, 255}
		case c:
			judged++
			count++
			paint = color.NRGBA{220, 0, 60, 255}
		default:
			judged++
		}
		drawing.SetNRGBA(i%width, i/width, paint)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawing); err != nil {
		return 0, nil, err
	}
	if judged == 0 {
		return 0, out.Bytes(), nil
	}
	return float64(count) / float64(judged), out.Bytes(), nil
}
