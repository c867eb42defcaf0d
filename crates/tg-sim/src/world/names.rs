//! Where people come from: languages, time zones, phone prefixes and common names.
//!
//! A name that is not plain ASCII is written `native/latin`; the latin form goes into usernames.

/// One place and the names that are common there.
pub(crate) struct Place {
    pub(crate) lang: &'static str,
    pub(crate) tz: &'static str,
    pub(crate) city: &'static str,
    /// What seven digits from 2000000 to 8999999 complete to a mobile number that the country's plan allows.
    pub(crate) prefix: &'static str,
    first: &'static str,
    last: &'static str,
}

/// A name as it is shown, and in the letters that usernames allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) shown: &'static str,
    pub(crate) latin: &'static str,
}

impl Place {
    pub(crate) fn first_name(&self, draw: u32) -> Name {
        pick(self.first, draw)
    }

    pub(crate) fn last_name(&self, draw: u32) -> Name {
        pick(self.last, draw)
    }
}

fn pick(list: &'static str, draw: u32) -> Name {
    let count = list.split(' ').count().max(1);
    let index = usize::try_from(draw).unwrap_or(0) % count;
    let entry = list.split(' ').nth(index).unwrap_or("Anna");
    let (shown, latin) = entry.split_once('/').unwrap_or((entry, entry));
    Name { shown, latin }
}

#[rustfmt::skip]
pub(crate) const PLACES: [Place; 18] = [
    Place { lang: "en", tz: "Europe/London", city: "London", prefix: "+44740",
        first: "Olivia Amelia Isla Grace Freya Oliver George Arthur Noah Harry Siân/Sian",
        last: "Smith Jones Taylor Brown Williams Wilson Evans Walker Wright O’Brien/OBrien" },
    Place { lang: "en", tz: "America/New_York", city: "New York", prefix: "+1917",
        first: "Emma Ava Sophia Mia Harper Liam Mason Ethan Logan James Zoë/Zoe",
        last: "Johnson Davis Miller Anderson Thomas Jackson White Harris Clark Young" },
    Place { lang: "de", tz: "Europe/Berlin", city: "Berlin", prefix: "+491514",
        first: "Hanna Lena Emilia Mia Jürgen/Juergen Lukas Jonas Felix Björn/Bjoern Käthe/Kaethe",
        last: "Müller/Mueller Schmidt Schneider Fischer Weber Wagner Becker Schäfer/Schaefer Koch Groß/Gross" },
    Place { lang: "fr", tz: "Europe/Paris", city: "Paris", prefix: "+3361",
        first: "Jade Louise Chloé/Chloe Inès/Ines Hélène/Helene Gabriel Raphaël/Raphael Hugo Théo/Theo Noël/Noel",
        last: "Martin Bernard Dubois Moreau Laurent Lefèvre/Lefevre Garnier Faure Béranger/Beranger Roux" },
    Place { lang: "es", tz: "Europe/Madrid", city: "Madrid", prefix: "+3461",
        first: "Lucía/Lucia Sofía/Sofia Martina Paula Íñigo/Inigo Hugo Mateo Álvaro/Alvaro Diego Begoña/Begona",
        last: "García/Garcia Fernández/Fernandez Sánchez/Sanchez Muñoz/Munoz Romero Navarro Torres Ruiz Ortega Gil" },
    Place { lang: "it", tz: "Europe/Rome", city: "Roma", prefix: "+39320",
        first: "Giulia Aurora Ginevra Alice Chiara Leonardo Francesco Lorenzo Niccolò/Niccolo Matteo",
        last: "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino D’Angelo/DAngelo" },
    Place { lang: "pt", tz: "America/Sao_Paulo", city: "São Paulo", prefix: "+551199",
        first: "Maria Helena Alice Laura Conceição/Conceicao Miguel Heitor João/Joao Davi Antônio/Antonio",
        last: "Silva Santos Oliveira Souza Pereira Gonçalves/Goncalves Araújo/Araujo Barbosa Rocha Dias" },
    Place { lang: "pl", tz: "Europe/Warsaw", city: "Warszawa", prefix: "+4850",
        first: "Zofia Hanna Julia Maja Małgorzata/Malgorzata Antoni Jan Jakub Łukasz/Lukasz Szymon",
        last: "Nowak Kowalski Wiśniewski/Wisniewski Wójcik/Wojcik Lewandowski Zieliński/Zielinski Mazur Król/Krol" },
    Place { lang: "uk", tz: "Europe/Kyiv", city: "Київ", prefix: "+38050",
        first: "Соломія/Solomiia Оксана/Oksana Дарина/Daryna Ірина/Iryna Тарас/Taras Андрій/Andrii Богдан/Bohdan",
        last: "Шевченко/Shevchenko Коваленко/Kovalenko Бондар/Bondar Ткаченко/Tkachenko Мельник/Melnyk Їжак/Yizhak" },
    Place { lang: "ru", tz: "Europe/Moscow", city: "Москва", prefix: "+7916",
        first: "Анна/Anna Мария/Maria Елена/Elena Ольга/Olga Иван/Ivan Пётр/Petr Дмитрий/Dmitri Сергей/Sergei",
        last: "Иванов/Ivanov Смирнов/Smirnov Кузнецов/Kuznetsov Попов/Popov Соколов/Sokolov Лебедев/Lebedev" },
    Place { lang: "tr", tz: "Europe/Istanbul", city: "İstanbul", prefix: "+90532",
        first: "Zeynep Elif Defne Ayşe/Ayse Gülşen/Gulsen Yusuf Eymen Ömer/Omer Çağrı/Cagri Işık/Isik",
        last: "Yılmaz/Yilmaz Kaya Demir Şahin/Sahin Çelik/Celik Öztürk/Ozturk Arslan Doğan/Dogan" },
    Place { lang: "el", tz: "Europe/Athens", city: "Αθήνα", prefix: "+30694",
        first: "Μαρία/Maria Ελένη/Eleni Κατερίνα/Katerina Γιώργος/Giorgos Νίκος/Nikos Δημήτρης/Dimitris",
        last: "Παπαδόπουλος/Papadopoulos Οικονόμου/Oikonomou Γεωργίου/Georgiou Νικολάου/Nikolaou" },
    Place { lang: "ar", tz: "Africa/Cairo", city: "القاهرة", prefix: "+20101",
        first: "فاطمة/Fatima مريم/Mariam نور/Nour سلمى/Salma محمد/Mohamed أحمد/Ahmed عمر/Omar يوسف/Youssef",
        last: "حسن/Hassan إبراهيم/Ibrahim السيد/Elsayed منصور/Mansour فاروق/Farouk صالح/Saleh" },
    Place { lang: "he", tz: "Asia/Jerusalem", city: "תל אביב", prefix: "+97252",
        first: "תמר/Tamar נועה/Noa מאיה/Maya שירה/Shira דוד/David אריאל/Ariel יוסף/Yosef איתן/Eitan",
        last: "כהן/Cohen לוי/Levi מזרחי/Mizrahi פרץ/Peretz ביטון/Biton פרידמן/Friedman" },
    Place { lang: "hi", tz: "Asia/Kolkata", city: "मुंबई", prefix: "+91982",
        first: "आराध्या/Aaradhya अनन्या/Ananya दीया/Diya प्रिया/Priya अर्जुन/Arjun रोहन/Rohan विवान/Vivaan",
        last: "शर्मा/Sharma पटेल/Patel सिंह/Singh गुप्ता/Gupta वर्मा/Verma मेहता/Mehta" },
    Place { lang: "ja", tz: "Asia/Tokyo", city: "東京", prefix: "+81901",
        first: "陽菜/Hina 結衣/Yui さくら/Sakura 葵/Aoi 蓮/Ren 大翔/Hiroto 悠真/Yuma 健太/Kenta",
        last: "佐藤/Sato 鈴木/Suzuki 高橋/Takahashi 田中/Tanaka 渡辺/Watanabe 伊藤/Ito" },
    Place { lang: "ko", tz: "Asia/Seoul", city: "서울", prefix: "+82102",
        first: "서연/Seoyeon 지우/Jiwoo 하은/Haeun 수아/Sua 민준/Minjun 도윤/Doyun 예준/Yejun 지호/Jiho",
        last: "김/Kim 이/Lee 박/Park 최/Choi 정/Jung 강/Kang" },
    Place { lang: "zh", tz: "Asia/Shanghai", city: "上海", prefix: "+861381",
        first: "芳/Fang 秀英/Xiuying 敏/Min 静/Jing 伟/Wei 强/Qiang 磊/Lei 洋/Yang",
        last: "王/Wang 李/Li 张/Zhang 刘/Liu 陈/Chen 杨/Yang" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_forms_suit_usernames() {
        for place in &PLACES {
            for draw in 0..12 {
                for name in [place.first_name(draw), place.last_name(draw)] {
                    assert!(!name.shown.is_empty());
                    assert!(
                        name.latin.chars().all(|c| c.is_ascii_alphabetic())
                            && !name.latin.is_empty(),
                        "{name:?} in {}",
                        place.city
                    );
                }
            }
        }
    }

    #[test]
    fn prefixes_are_international() {
        for place in &PLACES {
            let digits = place.prefix.strip_prefix('+').expect("E.164 has a plus");
            assert!(digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(digits.len() + 7 <= 15, "{}", place.prefix);
        }
    }
}
