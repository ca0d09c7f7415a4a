package dev.voiceledger.faults;

import java.util.stream.DoubleStream;

/**
 * Where a row of figures, taken at equal distances, leads: the straight line of least squares.
 *
 * @param share of the mean by which it rises from one figure to the next
 * @param error the standard error of that
 */
record Slope(double share, double error) {

  static Slope of(double[] figures) {
    int n = figures.length;
    double mean = DoubleStream.of(figures).average().orElse(0);
    double middle = (n - 1) / 2.0;
    double squares = 0;
    double products = 0;
    for (int i = 0; i < n; i++) {
      squares += (i - middle) * (i - middle);
      products += (i - middle) * (figures[i] - mean);
    }
    if (n < 3 || mean == 0) {
      return new Slope(0, 0);
    }
    double rise = products / squares;
    double rest = 0;
    for (int i = 0; i < n; i++) {
      double off = figures[i] - mean - rise * (i - middle);
      rest += off * off;
    }
    return new Slope(rise / mean, Math.sqrt(rest / (n - 2) / squares) / mean);
  }
}
