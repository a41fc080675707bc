import t from 'tap';
import { didYouMean, nearest } from '../../src/text/nearest.ts';

t.test('near words are found, far ones are not', (t) => {
  const words = ['booted', 'bye-hang', 'no-init', 'no-output', 'kexec-missing'];
  t.strictSame(nearest('bye-hnag', words), ['bye-hang'], 'swapped letters');
  t.strictSame(nearest('BOOTED', words), ['booted'], 'the case is of no matter');
  t.strictSame(nearest('kexec', words), ['kexec-missing'], 'a beginning');
  t.strictSame(nearest('bootd', words), ['booted'], 'a letter left out');
  t.strictSame(nearest('panic', words), []);
  t.strictSame(nearest('', words), []);
  t.end();
});

t.test('the nearest come first, three at most, none twice', (t) => {
  t.strictSame(nearest('arms', ['army', 'arm', 'arts', 'arks', 'arms', 'arms']), [
    'arms',
    'arks',
    'arm',
  ]);
  t.match(didYouMean('arks', ['arms', 'arts']), /^; .*"arms" .*"arts"\?$/);
  t.equal(didYouMean('arks', ['x']), '');
  t.end();
});
